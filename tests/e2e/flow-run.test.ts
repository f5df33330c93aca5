import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';

import { waitFor } from '#tests/support/wait-for.ts';

import { closeStage, openStage } from './stage.ts';

afterAll(closeStage);

const titled = (page: Page, start: string): Promise<boolean> =>
  waitFor(async () => (await page.title()).startsWith(start), { what: `the title ${start}` });

const unknownId = '00000000-0000-4000-8000-000000000000';

test('an unknown flow run answers with a page that leads back', async (context) => {
  const { open } = await openStage(context);
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${unknownId}`);

  await page.getByRole('heading', { name: 'There is no such flow run' }).waitFor();
  await page.getByRole('link', { name: 'Go to runs' }).click();
  await page.waitForURL('**/runs');
  expect(problems).toEqual([]);
});

test('a run opened from the list follows its state without a reload', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('live-state'), name: 'follow-me' });
  const { page, problems } = await open();
  await page.goto('/runs');
  await page.getByRole('link', { name: 'follow-me' }).click();
  await page.getByRole('heading', { name: 'follow-me' }).waitFor();
  await titled(page, 'Pending');

  await seed.setState(run.id, 'RUNNING');
  await titled(page, 'Running');
  await seed.setState(run.id, 'COMPLETED');
  await titled(page, 'Completed');

  await page.getByRole('button', { name: 'Retry' }).waitFor();
  expect(problems).toEqual([]);
});

test('new log lines appear by themselves and hostile ones stay text', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('live-logs') });
  await seed.setState(run.id, 'RUNNING');
  await seed.log(run.id, 'written before');
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);
  const lines = page.getByRole('log');
  await lines.getByText('written before').waitFor();

  await seed.log(run.id, 'written <img src=x onerror=alert(1)> meanwhile', 40);
  await lines.getByText('written <img src=x onerror=alert(1)> meanwhile').waitFor();

  expect(await lines.locator('img').count()).toBe(0);
  expect(problems).toEqual([]);
});

test('logs are narrowed by level and by text', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('narrow-logs') });
  await seed.log(run.id, 'quiet line', 20);
  await seed.log(run.id, 'loud line', 40);
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);
  const lines = page.getByRole('log');
  await lines.getByText('quiet line').waitFor();

  await page.getByLabel('Lowest level').selectOption({ label: 'Error and above' });
  await lines.getByText('quiet line').waitFor({ state: 'detached' });
  await lines.getByText('loud line').waitFor();
  await page.getByLabel('Lowest level').selectOption({ label: 'All levels' });
  await page.getByLabel('Search logs').fill('quiet');
  await lines.getByText('loud line').waitFor({ state: 'detached' });
  await lines.locator('mark', { hasText: 'quiet' }).waitFor();
  expect(problems).toEqual([]);
});

test('a run without a deployment can be cancelled', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('cancel'), name: 'stop-me' });
  await seed.setState(run.id, 'RUNNING');
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  await page.getByRole('button', { name: 'Cancel' }).click();

  await titled(page, 'Cancel');
  expect(problems).toEqual([]);
});

test('the tabs show task runs, parameters and artifacts of the run', async (context) => {
  const { open, seed } = await openStage(context);
  const flowId = await seed.flow('tabs');
  const run = await seed.flowRun({ flow_id: flowId, parameters: { region: 'eu-west' } });
  const state = { type: 'COMPLETED', name: 'Completed' };
  await seed.taskRun({ flow_run_id: run.id, name: 'load-table', state });
  const data = '# Report\n\n**Fine.** <script>window.isHacked = true</script>';
  await seed.artifact({ flow_run_id: run.id, key: 'report', type: 'markdown', data });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}?tab=task-runs`);
  await page.getByRole('table').getByText('load-table', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'Parameters' }).click();
  await page.getByText('"eu-west"').waitFor();
  await page.getByRole('link', { name: 'Artifacts' }).last().click();
  await page.locator('strong', { hasText: 'Fine.' }).waitFor();
  expect(await page.evaluate<boolean>("'isHacked' in window")).toBe(false);
  expect(problems).toEqual([]);
});

test('what failed among many task runs is one step away', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('many'), name: 'many' });
  await seed.setState(run.id, 'RUNNING');
  const good = { type: 'COMPLETED', name: 'Completed' };
  await seed.taskRun({ flow_run_id: run.id, name: 'good-task', state: good });
  const bad = { type: 'FAILED', name: 'Failed' };
  await seed.taskRun({ flow_run_id: run.id, name: 'bad-task', state: bad });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  await page.getByRole('link', { name: '1 failed' }).click();
  const table = page.getByRole('table', { name: 'Task runs of this flow run' });
  await table.getByText('bad-task', { exact: true }).waitFor();
  expect(await table.getByText('good-task', { exact: true }).count()).toBe(0);
  await page.getByRole('button', { name: '1 Failed' }).click();
  await table.getByText('good-task', { exact: true }).waitFor();
  expect(problems).toEqual([]);
});

import { afterAll, expect, test } from 'vitest';

import { closeStage, openStage, type Stage } from './stage.ts';

afterAll(closeStage);

const seedTwoStates = async ({ seed }: Stage): Promise<void> => {
  const flowId = await seed.flow('filtered');
  const good = await seed.flowRun({ flow_id: flowId, name: 'good-one' });
  await seed.setState(good.id, 'COMPLETED');
  const bad = await seed.flowRun({ flow_id: flowId, name: 'bad-one' });
  await seed.setState(bad.id, 'FAILED');
};

test('filters live in the address and survive a reload and the way back', async (context) => {
  const stage = await openStage(context);
  await seedTwoStates(stage);
  const { page, problems } = await stage.open();
  await page.goto('/runs');
  await page.getByRole('link', { name: 'good-one' }).waitFor();

  await page.getByRole('button', { name: 'State' }).click();
  await page.getByLabel('Failed').check();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'good-one' }).waitFor({ state: 'detached' });
  expect(new URL(page.url()).searchParams.getAll('state')).toEqual(['FAILED']);

  await page.reload();
  await page.getByRole('link', { name: 'bad-one' }).waitFor();
  expect(await page.getByRole('link', { name: 'good-one' }).count()).toBe(0);
  await page.goBack();
  await page.getByRole('link', { name: 'good-one' }).waitFor();
  expect(problems).toEqual([]);
});

test('a search that finds nothing keeps the focus in its field', async (context) => {
  const stage = await openStage(context);
  await seedTwoStates(stage);
  const { page, problems } = await stage.open();
  await page.goto('/runs');
  await page.getByRole('link', { name: 'good-one' }).first().waitFor();

  await page.getByLabel('Search run names').fill('no-such-run');
  await page.getByRole('heading', { name: 'No runs match' }).waitFor();

  expect(await page.locator(':focus').getAttribute('type')).toBe('search');
  expect(problems).toEqual([]);
});

test('columns say how they are sorted', async (context) => {
  const stage = await openStage(context);
  await seedTwoStates(stage);
  const { page } = await stage.open();
  await page.goto('/runs');
  const started = page.getByRole('columnheader', { name: 'Started' });
  await started.waitFor();
  expect(await started.getAttribute('aria-sort')).toBe('descending');

  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**sort=NAME.DESC*');
  const run = page.getByRole('columnheader', { name: 'Run' });
  expect(await run.getAttribute('aria-sort')).toBe('descending');
});

test('a run that starts elsewhere appears by itself', async (context) => {
  const stage = await openStage(context);
  const { page, problems } = await stage.open();
  await page.goto('/runs');
  await page.locator('[data-status="live"]').first().waitFor();

  const flowId = await stage.seed.flow('elsewhere');
  const run = await stage.seed.flowRun({ flow_id: flowId, name: 'late-arrival' });
  await stage.seed.setState(run.id, 'RUNNING');

  await page.getByRole('link', { name: 'late-arrival' }).waitFor();
  expect(problems).toEqual([]);
});

test('chosen runs are deleted together', async (context) => {
  const stage = await openStage(context);
  const flowId = await stage.seed.flow('chosen');
  await stage.seed.flowRun({ flow_id: flowId, name: 'doomed-one' });
  await stage.seed.flowRun({ flow_id: flowId, name: 'doomed-two' });
  const { page, problems } = await stage.open();
  await page.goto('/runs?flow=chosen');

  await page.getByLabel('Choose doomed-one').check();
  await page.getByLabel('Choose all on this page').check();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete runs' }).click();

  await page.getByRole('heading', { name: 'No runs match' }).waitFor();
  expect(problems).toEqual([]);
});

test('chosen runs are cancelled together, those that ended are left alone', async (context) => {
  const stage = await openStage(context);
  const flowId = await stage.seed.flow('chosen-to-cancel');
  await stage.seed.flowRun({ flow_id: flowId, name: 'open-one' });
  const ended = await stage.seed.flowRun({ flow_id: flowId, name: 'ended-one' });
  await stage.seed.setState(ended.id, 'COMPLETED');
  const { page, problems } = await stage.open();
  await page.goto('/runs?flow=chosen-to-cancel');

  await page.getByLabel('Choose all on this page').check();
  await page.getByRole('button', { name: 'Cancel 1' }).click();

  await page.locator('[data-state="CANCELLED"], [data-state="CANCELLING"]').waitFor();
  await page.getByText('1 run cancelled or about to be.').waitFor();
  expect(await page.locator('[data-state="COMPLETED"]').count()).toBe(1);
  expect(problems).toEqual([]);
});

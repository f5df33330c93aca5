import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';

import { waitFor } from '#tests/support/wait-for.ts';

import { closeStage, openStage, type Stage } from './stage.ts';

afterAll(closeStage);

const titled = (page: Page, start: string): Promise<boolean> =>
  waitFor(async () => (await page.title()).startsWith(start), { what: `the title ${start}` });

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

const keyset = {
  response: 'paused-1-response',
  schema: 'paused-1-schema',
  description: 'paused-1-description',
};
const asked = {
  type: 'object',
  properties: {
    approved: { type: 'boolean', position: 0 },
    amount: { type: 'integer', position: 1, maximum: 10 },
  },
  required: ['approved'],
};

/** A run that waits for input, as the client leaves it. */
const seedAsking = async ({ seed }: Stage): Promise<string> => {
  const run = await seed.flowRun({ flow_id: await seed.flow('asks'), name: 'asks' });
  await seed.setState(run.id, 'RUNNING');
  const put = (key: string, value: unknown) =>
    seed.post(`/flow_runs/${run.id}/input`, { key, value: JSON.stringify(value) });
  await put(keyset.schema, asked);
  await put(keyset.description, 'Look at the **totals** first.');
  await seed.setState(run.id, 'PAUSED', {
    state_details: {
      pause_timeout: inAnHour(),
      pause_reschedule: false,
      run_input_keyset: keyset,
    },
  });
  return run.id;
};

test('a running run is paused and resumed', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('pauses'), name: 'pauses' });
  await seed.setState(run.id, 'RUNNING');
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Pause' }).click();
  await titled(page, 'Paused');
  await page.getByText('It is paused until somebody resumes it.').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It asks for no input').waitFor();
  await dialog.getByRole('button', { name: 'Resume' }).click();
  await titled(page, 'Running');
  expect(problems).toEqual([]);
});

test('what the server does not do with a run is told with its reason', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('fails'), name: 'fails' });
  await seed.setState(run.id, 'FAILED');
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('Cannot reschedule a run without an associated deployment.').waitFor();
  expect(problems).toEqual([]);
});

test('a run that waits for input takes only what its schema admits', async (context) => {
  const stage = await openStage(context);
  const id = await seedAsking(stage);
  const { page, problems } = await stage.open();
  await page.goto(`/runs/flow-run/${id}`);
  await page.getByText('It is paused until somebody resumes it with input.').waitFor();

  await page.getByRole('button', { name: 'Resume' }).click();
  const dialog = page.getByRole('dialog');
  const send = dialog.getByRole('button', { name: 'Resume' });
  await dialog.locator('strong', { hasText: 'totals' }).waitFor();
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByLabel('approved').selectOption({ label: 'true' });
  await dialog.getByLabel('amount').fill('11');
  await send.click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('amount').fill('10');
  await send.click();

  await titled(page, 'Running');
  expect(problems).toEqual([]);
});

test('a scheduled run is put off, and its reason says until when', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool('later');
  const flow = { flow_id: await seed.flow('later'), work_pool_name: 'later' };
  const run = await seed.flowRun({ ...flow, name: 'later', state: { type: 'SCHEDULED' } });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Reschedule' }).click();
  await page.getByLabel('Start at').fill('2031-01-01T08:00');
  await page.getByRole('button', { name: 'Reschedule' }).click();

  const reasons = page.getByRole('region', { name: 'Why it waits' });
  await reasons.getByText('Its scheduled time has not come yet.').waitFor();
  expect(problems).toEqual([]);
});

test('a run whose cancelling hangs is cancelled at once', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('hangs'), name: 'hangs' });
  await seed.setState(run.id, 'RUNNING');
  await seed.setState(run.id, 'CANCELLING');
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  await page.getByRole('heading', { name: 'Why it has not stopped' }).waitFor();
  await page.getByRole('button', { name: 'Cancel now' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel now' }).click();
  await titled(page, 'Cancelled');
  expect(problems).toEqual([]);
});

test('a message of a hundred lines leaves the logs in sight', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('traces'), name: 'traces' });
  const message = Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n');
  await seed.setState(run.id, 'FAILED', { message });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  await page.getByText('line 99').waitFor();
  const logs = await page.getByPlaceholder('Search logs').boundingBox();
  expect(logs?.y).toBeLessThan(900);
  expect(problems).toEqual([]);
});

test('a run that failed is changed to another state by hand', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('changes'), name: 'changes' });
  await seed.setState(run.id, 'FAILED');
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Change state' }).click();
  await page.getByLabel('Message').fill('Looked at by hand.');
  await page.getByRole('button', { name: 'Change state' }).click();
  await titled(page, 'Completed');
  expect(problems).toEqual([]);
});

test('an artifact that grows is followed without asking again', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('grows'), name: 'grows' });
  await seed.setState(run.id, 'RUNNING');
  const about = { type: 'progress', flow_run_id: run.id };
  await seed.artifact({ ...about, key: 'first', data: 40 });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}?tab=artifacts`);
  await page.getByText('40 %').waitFor();

  await seed.artifact({ ...about, key: 'second', data: 75 });
  await page.getByText('75 %').waitFor();
  expect(problems).toEqual([]);
});

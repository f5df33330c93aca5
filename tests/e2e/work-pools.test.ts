import { afterAll, expect, test } from 'vitest';

import { closeStage, openStage } from './stage.ts';

afterAll(closeStage);

test('a worker that comes is seen online, and can be removed', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool('worked');
  const { page, problems } = await open();
  await page.goto('/work-pools/work-pool/worked?tab=workers');
  await page.getByText('No worker was ever started for this pool.').waitFor();

  await seed.worker('worked', 'worker-a');
  await page.getByRole('cell', { name: 'Online' }).waitFor();
  await page.getByRole('button', { name: 'Remove worker-a' }).click();
  await page.getByRole('button', { name: 'Remove worker', exact: true }).click();
  await page.getByText('No worker was ever started for this pool.').waitFor();
  expect(problems).toEqual([]);
});

test('a long name pushes no column out of sight', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool(`long-${'and-longer-'.repeat(12)}`);
  const { page, problems } = await open();
  await page.goto('/work-pools');

  await page.getByRole('link', { name: /^long-/ }).waitFor();
  const menu = await page
    .getByRole('button', { name: /Actions|long-/ })
    .last()
    .boundingBox();
  expect((menu?.x ?? 0) + (menu?.width ?? 0)).toBeLessThan(1280);
  const table = page.locator('.table-scroll');
  expect(await table.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
  expect(problems).toEqual([]);
});

test('a pool says that late runs wait for a worker of its type', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool('behind');
  const flow = { flow_id: await seed.flow('behind'), work_pool_name: 'behind' };
  await seed.flowRun({ ...flow, state: { type: 'SCHEDULED', name: 'Late' } });
  const { page, problems } = await open();
  await page.goto('/work-pools/work-pool/behind');

  const hint = page.getByRole('region', { name: 'Why runs wait' });
  await hint.getByText('No worker polls this pool.').waitFor();
  await hint.getByText('1 late run so far.').waitFor();
  expect(problems).toEqual([]);
});

test('a queue is made, given another priority and paused', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool('queued');
  const { page, problems } = await open();
  await page.goto('/work-pools/work-pool/queued');

  await page.getByRole('button', { name: 'New queue' }).click();
  await page.getByLabel('Name').fill('urgent');
  await page.getByLabel('Concurrency limit').fill('4');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: '0 of 4' }).waitFor();

  await page.getByRole('button', { name: 'Actions for urgent' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  await page.getByLabel('Priority').fill('1');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row').nth(1).getByText('urgent').waitFor();

  await page.getByRole('switch', { name: 'Pause urgent' }).click();
  await page.getByRole('switch', { name: 'Resume urgent' }).waitFor();
  await page.getByRole('button', { name: 'Actions for urgent' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete work queue' }).click();
  await page.getByRole('switch', { name: 'Resume urgent' }).waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});

test('the default queue of a pool cannot be deleted', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool('with-default');
  const { page } = await open();
  await page.goto('/work-pools/work-pool/with-default');

  await page.getByRole('button', { name: 'Actions for default' }).click();
  const entry = page.getByRole('menuitem', { name: 'Delete' });
  expect(await entry.getAttribute('aria-disabled')).toBe('true');
});

test('a pool is made, edited and deleted', async (context) => {
  const { open } = await openStage(context);
  const { page, problems } = await open();
  await page.goto('/work-pools');

  await page.getByRole('button', { name: 'New work pool' }).click();
  await page.getByLabel('Name').fill('made-here');
  await page.getByLabel('Type of its workers').fill('docker');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/work-pools/work-pool/made-here');
  await page.getByText('0 active runs').waitFor();
  await page.getByText('0 runs so far').waitFor();

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByLabel('Concurrency limit').fill('3');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('0 of 3 slots taken').waitFor();

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete work pool' }).click();
  await page.waitForURL('**/work-pools');
  await page.getByRole('link', { name: 'made-here' }).waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});

test('the workers of a pool are shown with what the pool runs', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool('busy');
  await seed.worker('busy', 'worker-b');
  const flow = { flow_id: await seed.flow('busy-flow'), work_pool_name: 'busy' };
  const run = await seed.flowRun({ ...flow, name: 'underway' });
  await seed.setState(run.id, 'RUNNING');
  const { page, problems } = await open();
  await page.goto('/work-pools/work-pool/busy?tab=workers');

  await page.getByRole('cell', { name: 'Not told' }).waitFor();
  const underway = page.getByRole('region', { name: 'What they run' });
  await underway.getByRole('link', { name: 'underway' }).waitFor();
  expect(problems).toEqual([]);
});

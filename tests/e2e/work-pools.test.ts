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

  await page.getByRole('button', { name: 'Change urgent' }).click();
  await page.getByLabel('Priority').fill('1');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row').nth(1).getByText('urgent').waitFor();

  await page.getByRole('switch', { name: 'Pause urgent' }).click();
  await page.getByRole('switch', { name: 'Resume urgent' }).waitFor();
  expect(problems).toEqual([]);
});

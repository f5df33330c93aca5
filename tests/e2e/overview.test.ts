import { afterAll, expect, test } from 'vitest';

import { closeStage, openStage } from './stage.ts';

afterAll(closeStage);

test('an empty server shows how to start and fills by itself', async (context) => {
  const { open, seed } = await openStage(context);
  const { page, problems } = await open();
  await page.goto('/');
  await page.waitForURL('**/dashboard');
  await page.getByRole('heading', { name: 'Run your first flow' }).waitFor();
  await page.locator('[data-status="live"]').first().waitFor();

  const run = await seed.flowRun({ flow_id: await seed.flow('first'), name: 'first-run' });
  await seed.setState(run.id, 'RUNNING');

  await page.getByRole('link', { name: 'first-run' }).waitFor();
  expect(problems).toEqual([]);
});

test('the counts of states follow the runs without a reload', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('counted') });
  const { page, problems } = await open();
  await page.goto('/dashboard');
  const failed = page.getByRole('link', { name: /^Failed/ }).locator('b');
  await failed.filter({ hasText: '0' }).waitFor();
  await page.locator('[data-status="live"]').first().waitFor();

  await seed.setState(run.id, 'FAILED');

  await failed.filter({ hasText: '1' }).waitFor();
  expect(problems).toEqual([]);
});

test('what stands still is named first, with its reason and a way to it', async (context) => {
  const { open, seed } = await openStage(context);
  // More pools than the overview lists come before it.
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'idle']) await seed.workPool(name);
  const flow = { flow_id: await seed.flow('stands'), work_pool_name: 'idle' };
  const late = { type: 'SCHEDULED', name: 'Late' };
  await seed.flowRun({ ...flow, name: 'stands-late', state: late });
  const asks = await seed.flowRun({ ...flow, name: 'stands-paused' });
  await seed.setState(asks.id, 'PAUSED');
  const { page, problems } = await open();
  await page.goto('/dashboard');

  const attention = page.getByRole('navigation', { name: 'Needs attention' });
  await attention.getByRole('link', { name: '1 late in idle, which has no worker' }).waitFor();
  await attention.getByRole('link', { name: '1 run waits to be resumed' }).waitFor();
  const reason = 'No worker was ever started for work pool "idle".';
  await page.getByRole('region', { name: 'Late' }).getByText(reason).waitFor();
  await attention.getByRole('link', { name: '1 late run' }).click();
  await page.getByRole('link', { name: 'stands-late' }).waitFor();
  await page.getByText(/^due /).waitFor();
  expect(await page.getByRole('link', { name: 'stands-paused' }).count()).toBe(0);
  expect(problems).toEqual([]);
});

test('the chart is drawn whatever language the browser names', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.flowRun({ flow_id: await seed.flow('charted') });
  const { page, problems } = await open();
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true });
  });

  await page.goto('/dashboard');

  await page.locator('.uplot canvas').first().waitFor();
  expect(problems).toEqual([]);
});

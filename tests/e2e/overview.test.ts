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

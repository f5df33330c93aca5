import { afterAll, expect, test } from 'vitest';

import { closeStage, openStage } from './stage.ts';

afterAll(closeStage);

test('a limit is made, changed, switched off and deleted', async (context) => {
  const { open } = await openStage(context);
  const { page, problems } = await open();
  await page.goto('/concurrency-limits');

  await page.getByRole('button', { name: 'New limit' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('database');
  await page.getByLabel('Slots', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: '0 of 2' }).waitFor();

  await page.getByRole('button', { name: 'Actions for database' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  await page.getByLabel('Slots', { exact: true }).fill('5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: '0 of 5' }).waitFor();

  await page.getByRole('switch', { name: 'Switch off database' }).click();
  await page.getByRole('switch', { name: 'Switch on database' }).waitFor();

  await page.getByRole('button', { name: 'Actions for database' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete limit' }).click();
  await page.getByText('No concurrency limits yet').waitFor();
  expect(problems).toEqual([]);
});

test('who holds a slot is named and linked, with the time its lease ends', async (context) => {
  const { open, seed } = await openStage(context);
  const run = await seed.flowRun({ flow_id: await seed.flow('holds'), name: 'holder-run' });
  await seed.limit('held-limit', 3);
  await seed.takeSlot('held-limit', run.id);
  const { page, problems } = await open();
  await page.goto('/concurrency-limits');

  await page.getByRole('cell', { name: '1 of 3' }).waitFor();
  await page.getByText('expires').waitFor();
  await page.getByRole('link', { name: 'holder-run' }).click();
  await page.getByRole('heading', { name: 'holder-run' }).waitFor();
  expect(problems).toEqual([]);
});

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

test('a limit of a name that is taken is refused with the reason', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.limit('taken', 1);
  const { page, problems } = await open();
  await page.goto('/concurrency-limits');

  await page.getByRole('button', { name: 'New limit' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('taken');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Something with this name or key is there already.').waitFor();
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

test('a slot that is taken appears by itself, and is taken back from its holder', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.limit('licences', 2);
  const run = await seed.flowRun({ flow_id: await seed.flow('holds'), name: 'the-holder' });
  const { page, problems, operations } = await open();
  await page.goto('/concurrency-limits');
  const row = page.getByRole('row').filter({ hasText: 'licences' });
  await row.getByText('0 of 2').waitFor();
  const asked = operations.length;

  await seed.takeSlot('licences', run.id);
  await row.getByText('1 of 2').waitFor();
  await row.getByRole('link', { name: 'the-holder' }).waitFor();
  // The stream brought it; the page did not ask again.
  expect(operations.length).toBe(asked);

  await row.getByRole('button', { name: 'Take the slot back from the-holder' }).click();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await row.getByText('0 of 2').waitFor();
  expect(problems).toEqual([]);
});

test('who waits for a slot is named', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.limit('narrow', 1);
  const flowId = await seed.flow('queues-up');
  const holder = await seed.flowRun({ flow_id: flowId, name: 'first-come' });
  const other = await seed.flowRun({ flow_id: flowId, name: 'second-come' });
  await seed.takeSlot('narrow', holder.id);
  const { page, problems, operations } = await open();
  await page.goto('/concurrency-limits');
  const row = page.getByRole('row').filter({ hasText: 'narrow' });
  await row.getByText('1 of 1').waitFor();
  const asked = operations.length;

  // It is refused after a wait of some seconds, in which it stands in line.
  const refused = seed.takeSlot('narrow', other.id).catch(() => 'refused');
  await row.getByRole('link', { name: 'second-come' }).waitFor();
  expect(operations.length).toBe(asked);
  expect(await refused).toBe('refused');
  expect(problems).toEqual([]);
});

test('what is being typed stays although the limit changes meanwhile', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.limit('edited', 2);
  const run = await seed.flowRun({ flow_id: await seed.flow('meanwhile'), name: 'meanwhile' });
  const { page, problems } = await open();
  await page.goto('/concurrency-limits');
  await page.getByRole('button', { name: 'Actions for edited' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  await page.getByLabel('Slots', { exact: true }).fill('7');

  await seed.takeSlot('edited', run.id);
  await page.locator('tr', { hasText: 'edited' }).getByText('1 of 2').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: '1 of 7' }).waitFor();
  expect(problems).toEqual([]);
});

test('a deployment that is full names the run that holds its slot and leads to those that wait', async (context) => {
  const { open, seed, url } = await openStage(context);
  const flow_id = await seed.flow('one-at-a-time');
  const limit = { name: 'one-at-a-time', concurrency_limit: 1 };
  const deployment_id = await seed.deployment({ flow_id, ...limit });
  const state = { type: 'SCHEDULED' };
  const first = await seed.flowRun({ flow_id, deployment_id, name: 'goes-first', state });
  const second = await seed.flowRun({ flow_id, deployment_id, name: 'goes-second', state });
  const propose = (id: string) =>
    fetch(`${url}/api/flow_runs/${id}/set_state`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: { type: 'PENDING' } }),
    });
  await propose(first.id);
  await propose(second.id);
  const { page, problems } = await open();
  await page.goto('/concurrency-limits');

  const row = page.getByRole('row').filter({ hasText: 'one-at-a-time' });
  await row.getByRole('link', { name: 'goes-first' }).waitFor();
  await row.getByRole('link', { name: 'Upcoming runs' }).click();
  await page.getByRole('link', { name: 'goes-second' }).waitFor();
  expect(problems).toEqual([]);
});

import { afterAll, expect, test } from 'vitest';

import { closeStage, openStage, type Stage } from './stage.ts';

afterAll(closeStage);

const seedDeployment = async ({ seed }: Stage, name: string): Promise<string> =>
  seed.deployment({
    flow_id: await seed.flow(`flow-of-${name}`),
    name,
    parameters: { limit: 5 },
    schedules: [{ schedule: { interval: 3600 }, active: true }],
  });

test('a deployment is run now with parameters of its own', async (context) => {
  const stage = await openStage(context);
  const id = await seedDeployment(stage, 'run-now');
  const { page, problems } = await stage.open();
  await page.goto(`/deployments/deployment/${id}`);

  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByLabel('Parameters (JSON)').fill('{"limit": 7}');
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('link', { name: 'View run' }).click();
  await page.waitForURL('**/runs/flow-run/**');
  await page.getByRole('link', { name: 'Parameters' }).click();

  await page.getByText('7', { exact: true }).waitFor();
  expect(problems).toEqual([]);
});

test('parameters that are no JSON object cannot be sent', async (context) => {
  const stage = await openStage(context);
  const id = await seedDeployment(stage, 'bad-json');
  const { page } = await stage.open();
  await page.goto(`/deployments/deployment/${id}`);

  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByLabel('Parameters (JSON)').fill('{"limit": ');

  const send = page.getByRole('dialog').getByRole('button', { name: 'Run now' });
  expect(await send.isDisabled()).toBe(true);
});

test('a deployment is paused and resumed from the list', async (context) => {
  const stage = await openStage(context);
  await seedDeployment(stage, 'to-pause');
  const { page, problems } = await stage.open();
  await page.goto('/deployments?q=to-pause');

  await page.getByRole('switch', { name: 'Pause to-pause' }).click();
  await page.getByRole('cell', { name: 'Paused' }).waitFor();
  await page.reload();
  await page.getByRole('switch', { name: 'Resume to-pause' }).click();
  await page.getByRole('switch', { name: 'Pause to-pause' }).waitFor();
  expect(problems).toEqual([]);
});

test('a schedule reads as words, tells its next runs to the second and is switched off', async (context) => {
  const { open, seed } = await openStage(context);
  const id = await seed.deployment({
    flow_id: await seed.flow('flow-of-words'),
    name: 'words',
    schedules: [{ schedule: { cron: '30 6 * * 1-5', timezone: 'Europe/Berlin' }, active: true }],
  });
  const { page, problems } = await open();
  await page.goto(`/deployments/deployment/${id}`);

  const schedules = page.getByRole('region', { name: 'Schedules' });
  await schedules.getByText('At 06:30, Monday through Friday').waitFor();
  await schedules.getByText('30 6 * * 1-5').waitFor();
  expect(await schedules.getByText('06:30:00').count()).toBe(4);
  await schedules.getByRole('switch', { name: 'Switch off' }).click();
  await schedules.getByRole('switch', { name: 'Switch on' }).waitFor();
  expect(problems).toEqual([]);
});

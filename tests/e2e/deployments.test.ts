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

test('a deployment whose schedule never comes opens and says so', async (context) => {
  const { open, seed } = await openStage(context);
  const schedules = [{ schedule: { cron: '0 0 30 2 *' }, active: true }];
  const flow = { flow_id: await seed.flow('never'), name: 'never' };
  const id = await seed.deployment({ ...flow, schedules });
  const { page, problems } = await open();
  await page.goto(`/deployments/deployment/${id}`);

  const nextRuns = page.getByRole('list', { name: 'Next runs' });
  await nextRuns.getByText('Makes no more runs').waitFor();
  expect(problems).toEqual([]);
});

test('a deployment whose runs are late says why, with a way to the oldest', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool('asleep');
  const flow_id = await seed.flow('late');
  const work_pool_name = 'asleep';
  const deployment_id = await seed.deployment({ flow_id, name: 'late', work_pool_name });
  const state = { type: 'SCHEDULED', name: 'Late' };
  await seed.flowRun({ flow_id, deployment_id, work_pool_name, name: 'late-one', state });
  const { page, problems } = await open();
  await page.goto(`/deployments/deployment/${deployment_id}`);

  const hint = page.getByRole('region', { name: 'Late runs' });
  await hint.getByText('No worker was ever started for work pool "asleep".').waitFor();
  await hint.getByRole('link', { name: 'Look at late-one' }).click();
  await page.getByRole('heading', { name: 'late-one' }).waitFor();
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

const schema = {
  type: 'object',
  properties: {
    table: { type: 'string', position: 0, description: 'Which table.' },
    rows: { type: 'integer', position: 1, default: 10 },
  },
  required: ['table'],
};

test('a run is started with parameters from fields, which must hold what the schema asks for', async (context) => {
  const { open, seed } = await openStage(context);
  const id = await seed.deployment({
    flow_id: await seed.flow('flow-of-fields'),
    name: 'fields',
    parameter_openapi_schema: schema,
    enforce_parameter_schema: true,
  });
  const { page, problems } = await open();
  await page.goto(`/deployments/deployment/${id}`);

  await page.getByRole('button', { name: 'Run now' }).click();
  const dialog = page.getByRole('dialog');
  const send = dialog.getByRole('button', { name: 'Run now' });
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByLabel('table').fill('orders');
  await dialog.getByLabel('rows').fill('1.5');
  await dialog.getByText('This is not a whole number.').waitFor();
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByLabel('rows').fill('25');
  await dialog.getByText('When, where and with what').click();
  await dialog.getByLabel('Further tags').fill('by-hand');
  await send.click();

  await page.getByRole('link', { name: 'View run' }).click();
  // The page of the deployment has parameters, too.
  await page.waitForURL(/flow-run/);
  await page.getByRole('link', { name: 'Parameters' }).click();
  await page.getByText('"orders"').waitFor();
  await page.getByText('25', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'by-hand' }).waitFor();
  expect(problems).toEqual([]);
});

test('a schedule is made, changed and deleted', async (context) => {
  const { open, seed } = await openStage(context);
  const id = await seed.deployment({ flow_id: await seed.flow('planned'), name: 'planned' });
  const { page, problems } = await open();
  await page.goto(`/deployments/deployment/${id}`);
  const schedules = page.getByRole('region', { name: 'Schedules' });
  const dialog = page.getByRole('dialog');

  await schedules.getByRole('button', { name: 'New schedule' }).click();
  await dialog.getByLabel('Cron line').fill('0 7 * * 1');
  await dialog.getByText('At 07:00, only on Monday').waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await schedules.getByText('At 07:00, only on Monday').waitFor();
  expect(await schedules.getByText('07:00:00').count()).toBe(4);

  await schedules.getByRole('button', { name: /^Actions for At 07:00/ }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  await dialog.getByLabel('Kind').selectOption('rrule');
  await dialog
    .getByRole('textbox', { name: 'Recurrence rule' })
    .fill('FREQ=WEEKLY;BYDAY=SU;BYHOUR=8;BYMINUTE=30');
  await dialog.getByText('Every week on Sunday at 08:30').waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await schedules.getByText('Every week on Sunday at 08:30').waitFor();

  await schedules.getByRole('button', { name: /^Actions for Every week/ }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete schedule' }).click();
  await schedules.getByText('No schedule: it runs when somebody starts it.').waitFor();
  expect(problems).toEqual([]);
});

test('a cron line that is none is refused with its reason, and the dialog stays', async (context) => {
  const { open, seed } = await openStage(context);
  const id = await seed.deployment({ flow_id: await seed.flow('refused'), name: 'refused' });
  const { page } = await open();
  await page.goto(`/deployments/deployment/${id}`);

  await page.getByRole('button', { name: 'New schedule' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Cron line').fill('every now and then');
  await dialog.getByRole('button', { name: 'Save' }).click();

  await page.locator('.toast.is-error').waitFor();
  expect(await dialog.isVisible()).toBe(true);
});

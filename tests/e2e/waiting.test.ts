import { afterAll, expect, test } from 'vitest';

import { closeStage, openStage } from './stage.ts';

afterAll(closeStage);

test('a run that waits says why, and no longer once it runs', async (context) => {
  const { open, seed } = await openStage(context);
  await seed.workPool('empty-pool');
  const flow = { flow_id: await seed.flow('waits'), work_pool_name: 'empty-pool' };
  const run = await seed.flowRun({ ...flow, name: 'waits', state: { type: 'SCHEDULED' } });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  const panel = page.getByRole('region', { name: 'Why it waits' });
  await panel.getByText('No worker was ever started for work pool "empty-pool".').waitFor();
  await panel.getByText('prefect worker start --pool "empty-pool"').waitFor();
  await panel.getByText('No other due run comes before it.').waitFor();

  await seed.setState(run.id, 'RUNNING');
  await panel.waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});

test('a run whose workers are of another type says so, with a way to its pool', async (context) => {
  const { open, seed, url } = await openStage(context);
  await seed.post('/work_pools/', { name: 'containers', type: 'docker', base_job_template: {} });
  const query =
    'mutation Tell($input: WorkerHeartbeatInput!) { workerHeartbeat(input: $input) { __typename } }';
  const input = { workPoolName: 'containers', name: 'runner', type: 'process' };
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const flow = { flow_id: await seed.flow('mismatch'), work_pool_name: 'containers' };
  const run = await seed.flowRun({ ...flow, name: 'mismatch', state: { type: 'SCHEDULED' } });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  const panel = page.getByRole('region', { name: 'Why it waits' });
  await panel.getByText('its only online worker "runner" is made for type "process"').waitFor();
  await panel.getByText('Place 1').waitFor();
  await panel.getByRole('link', { name: 'Open work pool' }).click();
  await page.getByRole('link', { name: 'Workers' }).click();
  await page.getByRole('cell', { name: 'process, not docker' }).waitFor();
  expect(problems).toEqual([]);
});

test('what is done elsewhere about what stands in its way shows by itself', async (context) => {
  const { open, seed, url } = await openStage(context);
  const pool = { name: 'elsewhere', type: 'process', base_job_template: {}, is_paused: true };
  await seed.post('/work_pools/', pool);
  const flow = { flow_id: await seed.flow('elsewhere'), work_pool_name: 'elsewhere' };
  const run = await seed.flowRun({ ...flow, name: 'elsewhere', state: { type: 'SCHEDULED' } });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);
  const panel = page.getByRole('region', { name: 'Why it waits' });
  const paused = panel.getByText('Work pool "elsewhere" is paused.');
  await paused.waitFor();
  await page.locator('[data-status="live"]').first().waitFor();

  await fetch(`${url}/api/work_pools/elsewhere`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ is_paused: false }),
  });
  await paused.waitFor({ state: 'detached', timeout: 5000 });
  expect(problems).toEqual([]);
});

test('a run in a paused pool lets the pool be resumed', async (context) => {
  const { open, seed } = await openStage(context);
  const pool = { name: 'halted', type: 'process', base_job_template: {}, is_paused: true };
  await seed.post('/work_pools/', pool);
  const flow = { flow_id: await seed.flow('halted'), work_pool_name: 'halted' };
  const run = await seed.flowRun({ ...flow, name: 'halted', state: { type: 'SCHEDULED' } });
  const { page, problems } = await open();
  await page.goto(`/runs/flow-run/${run.id}`);

  const panel = page.getByRole('region', { name: 'Why it waits' });
  const paused = panel.getByText('Work pool "halted" is paused.');
  await paused.waitFor();
  await panel.getByRole('button', { name: 'Resume halted' }).click();
  await paused.waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});

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

import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { pending, running } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { insertFlow } from '../../support/orchestration.ts';

describeEachDatabase('the life of a flow run', (db) => {
  test('an unknown flow run cannot enter a state', async () => {
    const refused = setFlowRunState(db.ctx, {
      flowRunId: '00000000-0000-4000-8000-000000000000',
      proposed: running(),
    });
    await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a run of an unknown flow cannot be made', async () => {
    const refused = createFlowRun(db.ctx, {
      flowId: '00000000-0000-4000-8000-000000000000',
      state: pending(),
    });
    await expect(refused).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('a run goes from its first state to its end', async () => {
    const flow = await insertFlow(db.ctx);
    const { flowRun, state } = await createFlowRun(db.ctx, { flowId: flow.id, state: pending() });
    expect(state).toMatchObject({ type: 'PENDING', details: { flow_run_id: flowRun.id } });
    const started = await setFlowRunState(db.ctx, { flowRunId: flowRun.id, proposed: running() });
    expect(started).toMatchObject({
      status: 'ACCEPT',
      state: { name: 'Running' },
      run: { runCount: 1, stateType: 'RUNNING', startTime: started.state?.timestamp },
    });
  });
});

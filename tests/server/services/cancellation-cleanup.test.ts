import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { newId } from '#server/ids.ts';
import { cancelled, pending, running } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { requireFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { requireTaskRun } from '#server/queries/task-run/read-task-run.ts';
import { cancellationCleanup } from '#server/services/cancellation-cleanup.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment, buildFlow } from '#tests/support/deployments.ts';

describeEachDatabase('What belongs to a cancelled flow run', (db) => {
  const propose = async (id: string, ...states: readonly ProposedState[]): Promise<void> => {
    for (const proposed of states) await setFlowRunState(db.ctx, { flowRunId: id, proposed });
  };
  const makeRun = async (more: object = {}): Promise<string> => {
    const flowId = await buildFlow(db.ctx);
    const { flowRun } = await createFlowRun(db.ctx, { flowId, state: pending(), ...more });
    await propose(flowRun.id, running());
    return flowRun.id;
  };
  const makeTaskRun = async (flowRunId: string): Promise<string> => {
    const state = pending();
    const made = await createTaskRun(db.ctx, {
      flowRunId,
      taskKey: 'task',
      dynamicKey: newId(),
      state,
    });
    await setTaskRunState(db.ctx, { taskRunId: made.taskRun.id, proposed: running() });
    return made.taskRun.id;
  };
  const makeSubflow = async (flowRunId: string, more: object = {}): Promise<string> =>
    makeRun({ parentTaskRunId: await makeTaskRun(flowRunId), ...more });
  const stateOf = async (id: string): Promise<string | null> =>
    (await requireFlowRun(db.ctx, id)).stateType;

  test('is left alone while the run goes on', async () => {
    const parent = await makeRun();
    await makeSubflow(parent);
    expect(await cancellationCleanup.runOnce(db.ctx)).toEqual({ taskRuns: 0, subflows: 0 });
  });

  test('is cancelled with it, and what ended before is not', async () => {
    const parent = await makeRun();
    const going = await makeTaskRun(parent);
    const ended = await makeTaskRun(parent);
    const done: ProposedState = { ...cancelled(), type: 'COMPLETED', name: 'Completed' };
    await setTaskRunState(db.ctx, { taskRunId: ended, proposed: done });
    await propose(parent, cancelled());
    await cancellationCleanup.runOnce(db.ctx);
    expect((await requireTaskRun(db.ctx, going)).state).toMatchObject({
      type: 'CANCELLED',
      message: 'The parent flow run was cancelled.',
    });
    expect((await requireTaskRun(db.ctx, ended)).stateType).toBe('COMPLETED');
    expect(await cancellationCleanup.runOnce(db.ctx)).toEqual({ taskRuns: 0, subflows: 0 });
  });

  test('a subflow run ends with it; that of a deployment is asked to stop, once', async () => {
    const parent = await makeRun();
    const { id: deploymentId, flowId } = await buildDeployment(db.ctx);
    const own = await makeSubflow(parent);
    const deployed = await makeSubflow(parent, { flowId, deploymentId });
    await propose(parent, cancelled());
    expect(await cancellationCleanup.runOnce(db.ctx)).toMatchObject({ subflows: 2 });
    expect([await stateOf(own), await stateOf(deployed)]).toEqual(['CANCELLED', 'CANCELLING']);
    expect(await cancellationCleanup.runOnce(db.ctx)).toMatchObject({ subflows: 0 });
  });
});

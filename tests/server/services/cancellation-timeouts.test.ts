import { expect, test } from 'vitest';

import { reserveCleanup } from '#server/commands/delivery/cleanup-queue.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { updateFlowRun } from '#server/commands/flow-run/update-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { newId } from '#server/ids.ts';
import {
  cancelling,
  crashed,
  pending,
  running,
  scheduled,
} from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { requireFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { requireTaskRun } from '#server/queries/task-run/read-task-run.ts';
import { cancellationTimeouts } from '#server/services/cancellation-timeouts.ts';
import { withSettings } from '#server/settings.ts';
import { nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildFlow } from '#tests/support/deployments.ts';
import { insertDeployment, insertLimit, readActiveSlots } from '#tests/support/orchestration.ts';

describeEachDatabase('Cancellations that take too long', (db) => {
  const cancelledRun = async (type: string) => {
    const pool = await createWorkPool(db.ctx, { name: `pool-${newId()}`, type });
    const { flowRun } = await createFlowRun(db.ctx, {
      flowId: await buildFlow(db.ctx),
      workQueueId: pool.defaultQueueId,
      state: scheduled({ at: nowMicros() }),
    });
    const flowRunId = flowRun.id;
    for (const proposed of [pending(), running()])
      await setFlowRunState(db.ctx, { flowRunId, proposed });
    await updateFlowRun(db.ctx, { flowRunId, infrastructurePid: 'host:1' });
    await setFlowRunState(db.ctx, { flowRunId, proposed: cancelling() });
    return { pool, flowRunId };
  };
  const tickAfter = (cancellingTimeoutSeconds: number) => {
    const settings = withSettings(db.ctx.settings, {
      services: { cancellationCleanup: { cancellingTimeoutSeconds } },
    });
    return cancellationTimeouts.runOnce({ ...db.ctx, settings });
  };
  const reserve = (workPoolId: string) =>
    reserveCleanup(db.ctx, {
      workPoolId,
      kinds: ['cancelling_timeout_teardown.v1'],
      workQueueIds: [],
      takesAny: true,
      holder: 'worker',
      most: 1,
      leaseSeconds: 30,
    });
  const stateOf = async (id: string) => (await requireFlowRun(db.ctx, id)).stateType;

  test('are left alone until then', async () => {
    const { flowRunId } = await cancelledRun('process');
    expect(await tickAfter(300)).toEqual({ cancelled: 0 });
    expect(await stateOf(flowRunId)).toBe('CANCELLING');
  });

  test('are ended, and what is left of the run is for a worker of its pool to remove, once', async () => {
    const { pool, flowRunId } = await cancelledRun('process');
    expect(await tickAfter(0.000_001)).toMatchObject({ cancelled: expect.any(Number) });
    expect(await stateOf(flowRunId)).toBe('CANCELLED');
    expect(await tickAfter(0.000_001)).toEqual({ cancelled: 0 });
    expect(await reserve(pool.id)).toMatchObject({
      target: { flow_run_id: flowRunId, infrastructure_pid: 'host:1' },
      workQueueId: pool.defaultQueueId,
    });
    expect(await reserve(pool.id)).toBeNull();
  });

  test('leave nothing to remove where no worker looks after runs', async () => {
    const { pool, flowRunId } = await cancelledRun('cloud-run:push');
    await tickAfter(0.000_001);
    expect(await stateOf(flowRunId)).toBe('CANCELLED');
    expect(await reserve(pool.id)).toBeNull();
  });

  test('end although the run has no pool, no infrastructure and no deadline', async () => {
    const { flowRun } = await createFlowRun(db.ctx, {
      flowId: await buildFlow(db.ctx),
      state: running(),
    });
    await setFlowRunState(db.ctx, { flowRunId: flowRun.id, proposed: cancelling() });
    await tickAfter(0.000_001);
    expect(await requireFlowRun(db.ctx, flowRun.id)).toMatchObject({
      stateType: 'CANCELLED',
      stateName: 'Cancelled',
      endTime: expect.any(Number),
    });
  });

  test('end for a subflow whose parent is gone, and for the task run that stands for it', async () => {
    const flowId = await buildFlow(db.ctx);
    const parent = await createFlowRun(db.ctx, { flowId, state: running() });
    const { taskRun } = await createTaskRun(db.ctx, {
      flowRunId: parent.flowRun.id,
      taskKey: 'sub',
      dynamicKey: '0',
      state: pending(),
    });
    const sub = await createFlowRun(db.ctx, {
      flowId,
      parentTaskRunId: taskRun.id,
      state: running(),
    });
    const flowRunId = sub.flowRun.id;
    await setFlowRunState(db.ctx, { flowRunId, proposed: cancelling() });
    await setFlowRunState(db.ctx, { flowRunId: parent.flowRun.id, proposed: crashed('gone') });
    await tickAfter(0.000_001);
    expect(await stateOf(flowRunId)).toBe('CANCELLED');
    expect(await requireTaskRun(db.ctx, taskRun.id)).toMatchObject({ stateType: 'CANCELLED' });
  });

  test('give the slot of the deployment back with the state that ends them', async () => {
    const flowId = await buildFlow(db.ctx);
    const { id: limitId } = await insertLimit(db.ctx, { name: `deployment:${newId()}`, limit: 1 });
    const { id: deploymentId } = await insertDeployment(db.ctx, { flowId, limitId });
    const start = async () => {
      const state = scheduled({ at: nowMicros() });
      const { flowRun } = await createFlowRun(db.ctx, { flowId, deploymentId, state });
      const flowRunId = flowRun.id;
      const { status } = await setFlowRunState(db.ctx, { flowRunId, proposed: pending() });
      return { flowRunId, status };
    };
    const { flowRunId } = await start();
    for (const proposed of [running(), cancelling()])
      await setFlowRunState(db.ctx, { flowRunId, proposed });
    expect(await readActiveSlots(db.ctx, limitId)).toBe(1);
    expect((await start()).status).toBe('REJECT');
    await tickAfter(0.000_001);
    expect(await readActiveSlots(db.ctx, limitId)).toBe(0);
    expect((await start()).status).toBe('ACCEPT');
  });
});

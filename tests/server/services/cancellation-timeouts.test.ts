import { expect, test } from 'vitest';

import { reserveCleanup } from '#server/commands/delivery/cleanup-queue.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { updateFlowRun } from '#server/commands/flow-run/update-flow-run.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { newId } from '#server/ids.ts';
import { cancelling, pending, running, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { requireFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { cancellationTimeouts } from '#server/services/cancellation-timeouts.ts';
import { withSettings } from '#server/settings.ts';
import { nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildFlow } from '#tests/support/deployments.ts';

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
});

import { expect, test } from 'vitest';

import { leaseFlowRuns } from '#server/commands/delivery/lease-flow-runs.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { one, run } from '#server/db/script.ts';
import { upsertTaskWorker } from '#server/db/sql/task-worker-statements.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { pending, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { deliveryReconciler } from '#server/services/delivery-reconciler.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildFlow } from '#tests/support/deployments.ts';

const count = statement<[], { readonly deliveries: number; readonly workers: number }>(
  'SELECT (SELECT count(*) FROM delivery) AS deliveries, (SELECT count(*) FROM task_worker) AS workers',
);

describeEachDatabase('The service for what was handed out', (db) => {
  test('has nothing to do where nothing was', async () => {
    expect(await deliveryReconciler.runOnce(db.ctx)).toEqual({ returned: 0, givenUp: 0 });
  });

  test('offers anew what was not acknowledged, and forgets what has left its queue', async () => {
    const pool = await createWorkPool(db.ctx, { name: `pool-${newId()}`, type: 'process' });
    const { flowRun } = await createFlowRun(db.ctx, {
      flowId: await buildFlow(db.ctx),
      workQueueId: pool.defaultQueueId,
      state: scheduled({ at: nowMicros() }),
    });
    const claim = {
      source: { workPoolName: pool.name, workQueueNames: [] },
      holder: 'worker',
      leaseSeconds: 0.001,
      prefetchSeconds: 0,
      limit: 5,
    };
    expect((await leaseFlowRuns(db.ctx, claim)).runs).toHaveLength(1);
    await expect.poll(() => deliveryReconciler.runOnce(db.ctx)).toMatchObject({ returned: 1 });
    expect((await leaseFlowRuns(db.ctx, claim)).runs).toMatchObject([{ deliveryCount: 2 }]);
    await setFlowRunState(db.ctx, { flowRunId: flowRun.id, proposed: pending() });
    await expect.poll(() => deliveryReconciler.runOnce(db.ctx)).toMatchObject({ returned: 1 });
    expect(await db.ctx.db.read(() => one(count()))).toMatchObject({ deliveries: 0 });
  });

  test('forgets task workers that went without a word', async () => {
    const past = addSeconds(nowMicros(), -1);
    await db.ctx.db.write(() => run(upsertTaskWorker(newId(), 'gone', json(['a']), past, past)));
    await deliveryReconciler.runOnce(db.ctx);
    expect(await db.ctx.db.read(() => one(count()))).toMatchObject({ workers: 0 });
  });
});

import { expect, test } from 'vitest';

import { updateConcurrencyLimit } from '#server/commands/concurrency-limit/limit-commands.ts';
import {
  renewConcurrencyLease,
  takeConcurrencySlots,
} from '#server/commands/concurrency-limit/slots.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { heldSlots } from '#server/db/import/held-slots.ts';
import { rows, run } from '#server/db/script.ts';
import { readLeasesOfLimit } from '#server/db/sql/concurrency-lease.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { pending, running } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import {
  insertDeployment,
  insertFlow,
  insertLimit,
  readActiveSlots,
} from '#tests/support/orchestration.ts';

const completed = (): ProposedState => ({ ...running(), type: 'COMPLETED', name: 'Completed' });

const LEASE = 'deployment_concurrency_lease_id';

describeEachDatabase('slots that imported runs hold', (db) => {
  /** What Prefect leaves: a count on the limit, and no lease. */
  const forget = async (limitId: string, count: number): Promise<void> => {
    const { builder } = db.ctx.db;
    await db.ctx.db.write(function* () {
      yield* run(builder.deleteFrom('concurrencyLease'));
      yield* run(
        builder
          .updateTable('concurrencyLimitV2')
          .set({ activeSlots: count })
          .where('id', '=', limitId),
      );
    });
  };
  const complete = (now = nowMicros()) =>
    db.ctx.db.write(function* () {
      for (const sql of heldSlots(now)) yield* run(statement<[]>(sql)());
    });
  const limitsOfLeases = async (limitId: string): Promise<unknown> =>
    (await db.ctx.db.read(() => rows(readLeasesOfLimit(limitId)))).map(({ limitIds }) => limitIds);

  test('are leased to flow runs, by the lease that they renew', async () => {
    const flow = await insertFlow(db.ctx);
    const { id: limitId } = await insertLimit(db.ctx, { name: `deployment:${newId()}`, limit: 1 });
    const deployment = await insertDeployment(db.ctx, { flowId: flow.id, limitId });
    const { flowRun } = await createFlowRun(db.ctx, {
      flowId: flow.id,
      deploymentId: deployment.id,
      state: null,
    });
    const propose = (proposed: ProposedState) =>
      setFlowRunState(db.ctx, { flowRunId: flowRun.id, proposed });
    const leaseId = (await propose(pending())).state?.details[LEASE];
    if (typeof leaseId !== 'string') throw new Error('The state names no lease.');
    await forget(limitId, 1);
    await complete();
    await complete();
    expect(await readActiveSlots(db.ctx, limitId)).toBe(1);
    expect(await limitsOfLeases(limitId)).toEqual([[limitId]]);
    expect(await renewConcurrencyLease(db.ctx, { leaseId, seconds: 60 })).toBe(true);
    await propose(running());
    await propose(completed());
    expect(await readActiveSlots(db.ctx, limitId)).toBe(0);
  });

  test('are leased to task runs of tags', async () => {
    const { id: limitId } = await insertLimit(db.ctx, { name: 'tag:a_b', limit: 2 });
    const make = async (tag: string) => {
      const { taskRun } = await createTaskRun(db.ctx, {
        flowRunId: null,
        taskKey: 'task',
        dynamicKey: newId(),
        tags: [tag],
        state: pending(),
      });
      const { id: taskRunId } = taskRun;
      const propose = (proposed: ProposedState) => setTaskRunState(db.ctx, { taskRunId, proposed });
      await propose(running());
      return propose;
    };
    const propose = await make('a_b');
    await make('axb');
    await forget(limitId, 2);
    await complete();
    await complete();
    expect(await readActiveSlots(db.ctx, limitId)).toBe(1);
    await propose(completed());
    expect(await readActiveSlots(db.ctx, limitId)).toBe(0);
  });

  test('are kept for a while where nobody knows the holder', async () => {
    const name = `global-${newId()}`;
    const { id: limitId } = await insertLimit(db.ctx, { name, limit: 3 });
    const take = () =>
      takeConcurrencySlots(db.ctx, { names: [name], slots: 1, mode: 'concurrency' });
    await forget(limitId, 3);
    await complete();
    await complete();
    expect(await readActiveSlots(db.ctx, limitId)).toBe(3);
    expect(await limitsOfLeases(limitId)).toEqual([[limitId]]);
    expect((await take()).isTaken).toBe(false);

    await forget(limitId, 2);
    await complete(addSeconds(nowMicros(), -301));
    expect((await take()).isTaken).toBe(true);
    expect(await readActiveSlots(db.ctx, limitId)).toBe(1);
  });

  test('free themselves where the limit is one of rate', async () => {
    const { id: limitId } = await insertLimit(db.ctx, { name: `rate-${newId()}`, limit: 3 });
    await updateConcurrencyLimit(db.ctx, {
      key: { id: limitId },
      changes: { slotDecayPerSecond: 0.0001 },
    });
    await forget(limitId, 2);
    await complete(addSeconds(nowMicros(), -301));
    expect(await readActiveSlots(db.ctx, limitId)).toBe(2);
  });
});

import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { pollWorkQueue } from '#server/commands/work-queue/poll-work-queue.ts';
import { createAgentWorkQueue } from '#server/commands/work-queue/resolve-work-queue.ts';
import { updateWorkQueue } from '#server/commands/work-queue/update-work-queue.ts';
import { newId } from '#server/ids.ts';
import { pending, scheduled } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment } from '#tests/support/deployments.ts';

describeEachDatabase('A queue that chooses its runs by tags and deployments', (db) => {
  const build = async () => {
    const tag = `tag-${newId()}`;
    const [one, other] = [await buildDeployment(db.ctx), await buildDeployment(db.ctx)];
    const schedule = async (
      { id, flowId }: { readonly id: string | null; readonly flowId: string },
      tags: readonly string[],
      inSeconds = 0,
    ): Promise<string> => {
      const state = scheduled({ at: addSeconds(nowMicros(), inSeconds) });
      return (await createFlowRun(db.ctx, { flowId, deploymentId: id, tags, state })).flowRun.id;
    };
    return { tag, one, other, schedule };
  };
  const makeQueue = (filter: {
    readonly tags: string[] | null;
    readonly deployment_ids: string[] | null;
  }) => createAgentWorkQueue(db.ctx, { name: `queue-${newId()}`, filter });
  const poll = async (id: string, limit = 10): Promise<readonly string[]> =>
    (await pollWorkQueue(db.ctx, { id, limit, isNoted: false })).map((run) => run.id);

  test('gives the runs of deployments that have its tags, soonest first', async () => {
    const { tag, one, other, schedule } = await build();
    const later = await schedule(one, [tag, 'more'], 60);
    const sooner = await schedule(other, [tag], 30);
    await schedule(one, ['more']);
    await schedule({ id: null, flowId: one.flowId }, [tag]);
    const queue = await makeQueue({ tags: [tag], deployment_ids: null });
    expect(await poll(queue.id)).toEqual([sooner, later]);
    const before = addSeconds(nowMicros(), 40);
    const due = await pollWorkQueue(db.ctx, {
      id: queue.id,
      limit: 10,
      isNoted: false,
      scheduledBefore: before,
    });
    expect(due.map((run) => run.id)).toEqual([sooner]);
  });

  test('gives the runs of its deployments alone; of none when it names none', async () => {
    const { tag, one, other, schedule } = await build();
    const mine = await schedule(one, [tag]);
    await schedule(other, [tag]);
    const queue = await makeQueue({ tags: [tag], deployment_ids: [one.id] });
    expect(await poll(queue.id)).toEqual([mine]);
    const empty = await makeQueue({ tags: [tag], deployment_ids: [] });
    expect(await poll(empty.id)).toEqual([]);
  });

  test('gives no more than its limit leaves room for, and nothing while it is paused', async () => {
    const { tag, one, schedule } = await build();
    const held = await schedule(one, [tag]);
    const next = await schedule(one, [tag], 1);
    await schedule(one, [tag], 2);
    const { id } = await makeQueue({ tags: [tag], deployment_ids: null });
    await updateWorkQueue(db.ctx, { id, changes: { concurrencyLimit: 2 } });
    await setFlowRunState(db.ctx, { flowRunId: held, proposed: pending() });
    expect(await poll(id)).toEqual([next]);
    await updateWorkQueue(db.ctx, { id, changes: { isPaused: true } });
    expect(await poll(id)).toEqual([]);
  });
});

import { expect, test } from 'vitest';

import { claimTaskRun } from '#server/commands/delivery/claim-task-run.ts';
import {
  ackDelivery,
  endExpiredDeliveries,
  releaseDelivery,
  renewDelivery,
} from '#server/commands/delivery/settle-delivery.ts';
import { deleteTaskRun } from '#server/commands/task-run/delete-task-run.ts';
import type { Context } from '#server/context.ts';
import { newId } from '#server/ids.ts';
import { cancelled } from '#server/orchestration/proposals.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { deferred, delayTask } from '#tests/support/background-runs.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { eventNames } from '#tests/support/deployments.ts';

const claim = (
  ctx: Context,
  taskKeys: readonly string[],
  { leaseSeconds = 60, lastKey = null as string | null, isCounted = true } = {},
) => claimTaskRun(ctx, { taskKeys, holder: newId(), leaseSeconds, lastKey, isCounted });

type Claimed = NonNullable<Awaited<ReturnType<typeof claim>>>;

const refOf = ({ deliveryId, leaseToken }: Claimed) =>
  ({ id: deliveryId, kind: 'TASK_RUN', leaseToken }) as const;

const taken = async (ctx: Context, ...keys: readonly string[]): Promise<Claimed> => {
  const claimed = await claim(ctx, keys);
  if (claimed === null) throw new Error('Nothing waits.');
  return claimed;
};

const newKey = (): string => `task-${newId()}`;

describeEachDatabase('The queue of background runs', (db) => {
  test('gives nothing where nothing waits', async () => {
    expect(await claim(db.ctx, [newKey()])).toBeNull();
  });

  test('does not give a run that was cancelled or deleted while it waited', async () => {
    const key = newKey();
    const cancelledId = await delayTask(db.ctx, key);
    const deletedId = await delayTask(db.ctx, key);
    await setTaskRunState(db.ctx, {
      taskRunId: cancelledId,
      proposed: cancelled(),
      force: true,
    });
    await deleteTaskRun(db.ctx, { taskRunId: deletedId });
    expect(await claim(db.ctx, [key])).toBeNull();
  });

  test('gives the runs of a task in their order, each once', async () => {
    const key = newKey();
    const ids = [await delayTask(db.ctx, key), await delayTask(db.ctx, key)];
    const claimed = [await taken(db.ctx, key), await taken(db.ctx, key)];
    expect(claimed.map(({ taskRun }) => taskRun.id)).toEqual(ids);
    expect(await claim(db.ctx, [key])).toBeNull();
  });

  test('gives a run to one of many who ask at once', async () => {
    const key = newKey();
    const ids = await Promise.all(Array.from({ length: 20 }, () => delayTask(db.ctx, key)));
    const claimed = await Promise.all(Array.from({ length: 40 }, () => claim(db.ctx, [key])));
    const given = claimed.flatMap((one) => (one === null ? [] : [one.taskRun.id]));
    expect(given.toSorted()).toEqual(ids.toSorted());
  });

  test('serves retries before other runs', async () => {
    const key = newKey();
    await delayTask(db.ctx, key);
    const retried = await delayTask(db.ctx, key);
    await setTaskRunState(db.ctx, { taskRunId: retried, proposed: deferred('AwaitingRetry') });
    expect((await taken(db.ctx, key)).taskRun.id).toBe(retried);
  });

  test('serves the tasks by turns', async () => {
    const [one, other] = [newKey(), newKey()];
    for (const key of [one, one, other, other]) await delayTask(db.ctx, key);
    const served: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const claimed = await claim(db.ctx, [one, other], { lastKey: served.at(-1) ?? null });
      served.push(claimed?.taskKey ?? '');
    }
    expect(served).toEqual([one, other, one, other]);
  });

  test('offers a run again, before the others, that was not acknowledged in time', async () => {
    const key = newKey();
    const id = await delayTask(db.ctx, key);
    await delayTask(db.ctx, key);
    const claimed = await claim(db.ctx, [key], { leaseSeconds: 0.001 });
    await expect
      .poll(() => endExpiredDeliveries(db.ctx, 100))
      .toMatchObject({ returned: 1, givenUp: 0 });
    const again = await taken(db.ctx, key);
    expect(again).toMatchObject({ taskRun: { id }, deliveryCount: 2 });
    expect(await ackDelivery(db.ctx, refOf(claimed ?? again))).toMatchObject({
      status: 'invalid_token',
    });
    expect(await ackDelivery(db.ctx, refOf(again))).toMatchObject({ status: 'accepted' });
  });

  test('takes an acknowledgement after the lease when nobody else was given the run', async () => {
    const key = newKey();
    await delayTask(db.ctx, key);
    const claimed = await claim(db.ctx, [key], { leaseSeconds: 0.001 });
    await expect.poll(() => endExpiredDeliveries(db.ctx, 100)).toMatchObject({ returned: 1 });
    if (claimed === null) throw new Error('Nothing was handed out.');
    expect(await ackDelivery(db.ctx, refOf(claimed))).toMatchObject({ status: 'accepted' });
    expect(await claim(db.ctx, [key])).toBeNull();
  });

  test('keeps a run from others for as long as its lease is renewed', async () => {
    const key = newKey();
    await delayTask(db.ctx, key);
    const claimed = await taken(db.ctx, key);
    const renewed = await renewDelivery(db.ctx, refOf(claimed), { leaseSeconds: 600 });
    expect(renewed.status).toBe('accepted');
    expect(renewed.leaseExpiresAt).toBeGreaterThan(claimed.leaseExpiresAt);
    expect(
      await renewDelivery(db.ctx, { ...refOf(claimed), leaseToken: 'x' }, { leaseSeconds: 1 }),
    ).toMatchObject({ status: 'invalid_token' });
  });

  test('offers what is given back after the time that was asked for', async () => {
    const key = newKey();
    await delayTask(db.ctx, key);
    await releaseDelivery(db.ctx, refOf(await taken(db.ctx, key)), { afterSeconds: 0.3 });
    expect(await claim(db.ctx, [key])).toBeNull();
    await expect.poll(() => claim(db.ctx, [key])).not.toBeNull();
  });

  test('gives up a run that five consumers gave back, and tells of it', async () => {
    const key = newKey();
    const id = await delayTask(db.ctx, key);
    const statuses: string[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const claimed = await taken(db.ctx, key);
      statuses.push((await releaseDelivery(db.ctx, refOf(claimed), { afterSeconds: 0 })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 4 }, () => 'accepted'), 'dead_lettered']);
    expect(await claim(db.ctx, [key])).toBeNull();
    const events = await eventNames(db.ctx, `prefect.task-run.${id}`);
    expect(events).toContain('prefect.delivery.dead-lettered');
  });
});

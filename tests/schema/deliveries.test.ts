import { beforeAll, beforeEach, expect, test } from 'vitest';

import { enqueueCleanup } from '#server/commands/delivery/cleanup-queue.ts';
import { endExpiredDeliveries } from '#server/commands/delivery/settle-delivery.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createFlow } from '#server/commands/flow/create-flow.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { getScheduledFlowRuns } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { updateWorkPool } from '#server/commands/work-pool/update-work-pool.ts';
import { createInProcessBus } from '#server/events/bus-in-process.ts';
import { newId } from '#server/ids.ts';
import {
  cancelled,
  cancelling,
  pending,
  running,
  scheduled,
} from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { delayTask } from '#tests/support/background-runs.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { mutate } from './support/mutate.ts';
import { type Follower, data, follow } from './support/operations.ts';

const FLOW_RUNS = `subscription Runs($pool: String, $prefetch: Int, $leaseSeconds: Float, $ahead: Float) {
  scheduledFlowRuns(workPoolName: $pool, workerName: "w", prefetch: $prefetch, leaseSeconds: $leaseSeconds, prefetchSeconds: $ahead) {
    deliveryId leaseToken deliveryCount flowRun { id name }
  }
}`;

const TASK_RUNS = `subscription Runs($keys: [String!]!, $prefetch: Int) {
  scheduledTaskRuns(taskKeys: $keys, clientId: "c", prefetch: $prefetch) {
    deliveryId leaseToken deliveryCount taskRun { id }
  }
}`;

interface Delivery {
  readonly deliveryId: string;
  readonly leaseToken: string;
  readonly deliveryCount: number;
  readonly flowRun: { readonly id: string };
  readonly taskRun: { readonly id: string };
}

const nextOf = async (stream: Follower): Promise<Delivery> => {
  const [delivery] = Object.values(await stream.next());
  // The operations above ask for this.
  return delivery as Delivery;
};

describeEachDatabase('Deliveries', (db) => {
  let flowId = '';
  let pool = '';
  let workQueueId = '';

  beforeAll(async () => {
    flowId = (await createFlow(db.ctx, { name: 'flow' })).flow.id;
  });
  beforeEach(async () => {
    pool = `pool-${newId()}`;
    const made = await createWorkPool(db.ctx, { name: pool, type: 'process' });
    workQueueId = made.defaultQueueId ?? '';
  });

  const schedule = async (inSeconds = 0): Promise<string> => {
    const state = scheduled({ at: addSeconds(nowMicros(), inSeconds) });
    return (await createFlowRun(db.ctx, { flowId, workQueueId, state })).flowRun.id;
  };
  const propose = (flowRunId: string, proposed: ReturnType<typeof pending>) =>
    setFlowRunState(db.ctx, { flowRunId, proposed });
  const polled = async (): Promise<readonly string[]> => {
    const runs = await getScheduledFlowRuns(db.ctx, { workPoolName: pool, limit: 10 });
    return runs.map(({ flowRun }) => flowRun.id);
  };
  const settle = (name: string, kind: string, { deliveryId, leaseToken }: Delivery, more = {}) =>
    mutate(db.ctx, name, {
      input: { deliveryId, leaseToken, kind, ...more },
      payload: 'deliveryId',
    });

  test('a stream of an unknown pool, of nothing and of too much is refused', async () => {
    await expect(follow(db.ctx, FLOW_RUNS, { pool: 'nowhere' })).rejects.toThrow('not found');
    await expect(follow(db.ctx, FLOW_RUNS)).rejects.toThrow('BAD_USER_INPUT');
    await expect(follow(db.ctx, FLOW_RUNS, { pool, prefetch: 0 })).rejects.toThrow('prefetch');
    await expect(follow(db.ctx, TASK_RUNS, { keys: [] })).rejects.toThrow('taskKeys');
  });

  test('what nobody holds cannot be settled', async () => {
    const ref = { deliveryId: newId(), leaseToken: 'x' };
    for (const name of ['ackDelivery', 'releaseDelivery']) {
      expect(await mutate(db.ctx, name, { input: { ...ref, kind: 'FLOW_RUN' } })).toMatchObject({
        code: 'NOT_FOUND',
      });
    }
  });

  test('a run is handed to one worker, and hidden from who polls, until its lease ends', async () => {
    const id = await schedule();
    // Long enough for a poll on a busy machine.
    const one = await follow(db.ctx, FLOW_RUNS, { pool, leaseSeconds: 3 });
    expect((await nextOf(one)).flowRun.id).toBe(id);
    expect(await polled()).toEqual([]);
    await expect.poll(polled, { timeout: 9000 }).toEqual([id]);
    await one.stop();
  });

  test('no more is handed out than there is room for; leaving the queue makes room', async () => {
    const ids = [await schedule(-3), await schedule(-2), await schedule(-1)];
    const stream = await follow(db.ctx, FLOW_RUNS, { pool, prefetch: 1 });
    const received: string[] = [];
    for (const _ of ids) {
      const { flowRun } = await nextOf(stream);
      received.push(flowRun.id);
      await propose(flowRun.id, pending());
    }
    expect(received).toEqual(ids);
    await stream.stop();
  });

  test('a run that comes later is handed out at once, and one for later when it is due', async () => {
    const stream = await follow(db.ctx, FLOW_RUNS, { pool, ahead: 0 });
    const first = nextOf(stream);
    const now = await schedule();
    expect((await first).flowRun.id).toBe(now);
    const later = await schedule(0.5);
    expect((await nextOf(stream)).flowRun.id).toBe(later);
    await stream.stop();
  });

  test('the limit of a pool holds for what is handed out, and a slot that is freed is used', async () => {
    await updateWorkPool(db.ctx, { name: pool, changes: { concurrencyLimit: 1 } });
    const [first, second] = [await schedule(-2), await schedule(-1)];
    const stream = await follow(db.ctx, FLOW_RUNS, { pool });
    expect((await nextOf(stream)).flowRun.id).toBe(first);
    const next = nextOf(stream);
    expect(await polled()).toEqual([]);
    await propose(first, pending());
    await propose(first, running());
    expect(await polled()).toEqual([]);
    await propose(first, cancelled());
    expect((await next).flowRun.id).toBe(second);
    await stream.stop();
  });

  test('what a worker holds that went is offered to another after a moment', async () => {
    const id = await schedule();
    const one = await follow(db.ctx, FLOW_RUNS, { pool, leaseSeconds: 600 });
    const given = await nextOf(one);
    await one.stop();
    const other = await follow(db.ctx, FLOW_RUNS, { pool });
    const next = nextOf(other);
    await expect
      .poll(() => endExpiredDeliveries(db.ctx, 10), { timeout: 8000, interval: 200 })
      .toMatchObject({ returned: 1 });
    expect(await next).toMatchObject({ flowRun: { id }, deliveryCount: given.deliveryCount + 1 });
    await other.stop();
  }, 15_000);

  test('a run that is given back comes again, a renewed one does not', async () => {
    const id = await schedule();
    const stream = await follow(db.ctx, FLOW_RUNS, { pool });
    const given = await nextOf(stream);
    expect(await settle('renewDelivery', 'FLOW_RUN', given, { leaseSeconds: 5 })).toMatchObject({
      deliveryId: given.deliveryId,
    });
    await settle('releaseDelivery', 'FLOW_RUN', given, { reason: 'busy' });
    expect(await settle('renewDelivery', 'FLOW_RUN', given, { leaseSeconds: 5 })).toMatchObject({
      code: 'LEASE_EXPIRED',
    });
    const again = await nextOf(stream);
    expect(again).toMatchObject({ flowRun: { id }, deliveryCount: 2 });
    await stream.stop();
  });

  test('background runs come one after the other, as they are acknowledged', async () => {
    const key = newId();
    const ids = [await delayTask(db.ctx, key), await delayTask(db.ctx, key)];
    const stream = await follow(db.ctx, TASK_RUNS, { keys: [key] });
    const first = await nextOf(stream);
    const next = nextOf(stream);
    const workers = `{ taskWorkers(taskKeys: ["${key}"]) { identifier taskKeys } }`;
    expect(await data(db.ctx, workers)).toEqual({
      taskWorkers: [{ identifier: 'c', taskKeys: [key] }],
    });
    expect(await settle('ackDelivery', 'TASK_RUN', first)).toMatchObject({
      deliveryId: first.deliveryId,
    });
    expect([first.taskRun.id, (await next).taskRun.id]).toEqual(ids);
    await stream.stop();
    await expect.poll(() => data(db.ctx, workers)).toEqual({ taskWorkers: [] });
  });

  test('the channel of a worker tells of its pool, of runs to stop and of cleanups', async () => {
    const stream = await follow(
      db.ctx,
      `subscription Channel($hello: WorkerHelloInput!) { workerChannel(hello: $hello) { __typename
        ... on WorkerReady { worker { name status } acceptedCapabilities rejectedCapabilities
          maxCleanupConcurrency resolvedWorkQueues { name } snapshot { sequence workPool { name } } }
        ... on WorkPoolSnapshot { sequence reason workPool { concurrencyLimit } }
        ... on FlowRunCancellation { flowRun { id } }
        ... on CleanupDelivery { deliveryId leaseToken kind flowRunId infrastructurePid }
      } }`,
      {
        hello: {
          workPoolName: pool,
          consumerId: newId(),
          workerName: 'w',
          workerType: 'process',
          heartbeatIntervalSeconds: 30,
          requestedCapabilities: ['worker_heartbeat.v1', 'cleanup_delivery.v1', 'other'],
          handledCleanupKinds: ['CANCELLING_TIMEOUT_TEARDOWN'],
        },
      },
    );
    const message = async (): Promise<unknown> => (await stream.next())['workerChannel'];
    expect(await message()).toEqual({
      __typename: 'WorkerReady',
      worker: { name: 'w', status: 'ONLINE' },
      acceptedCapabilities: ['worker_heartbeat.v1', 'cleanup_delivery.v1'],
      rejectedCapabilities: ['other'],
      maxCleanupConcurrency: 1,
      resolvedWorkQueues: [{ name: 'default' }],
      snapshot: { sequence: 1, workPool: { name: pool } },
    });
    const changed = message();
    const { id: workPoolId } = await updateWorkPool(db.ctx, {
      name: pool,
      changes: { concurrencyLimit: 3 },
    });
    expect(await changed).toEqual({
      __typename: 'WorkPoolSnapshot',
      sequence: 2,
      reason: 'work_pool_updated',
      workPool: { concurrencyLimit: 3 },
    });
    const id = await schedule();
    await propose(id, pending());
    await propose(id, running());
    await propose(id, cancelling());
    expect(await message()).toEqual({ __typename: 'FlowRunCancellation', flowRun: { id } });
    await db.ctx.db.write(() =>
      enqueueCleanup({
        kind: 'cancelling_timeout_teardown.v1',
        workPoolId,
        workQueueId,
        target: { flow_run_id: id, infrastructure_pid: 'pid' },
        occasion: 'once',
      }),
    );
    expect(await message()).toMatchObject({
      __typename: 'CleanupDelivery',
      kind: 'CANCELLING_TIMEOUT_TEARDOWN',
      flowRunId: id,
      infrastructurePid: 'pid',
    });
    await stream.stop();
  });

  test('the channel tells of runs to stop even when no signal of them arrives', async () => {
    // As when the connection is lost over which the servers tell each other.
    const deaf = { ...db.ctx, bus: createInProcessBus() };
    const stopping = async (): Promise<string> => {
      const id = await schedule();
      await propose(id, pending());
      await propose(id, running());
      await propose(id, cancelling());
      return id;
    };
    const early = await stopping();
    const stream = await follow(
      deaf,
      `subscription Channel($hello: WorkerHelloInput!) { workerChannel(hello: $hello) { __typename
        ... on FlowRunCancellation { flowRun { id } }
      } }`,
      {
        hello: {
          workPoolName: pool,
          consumerId: newId(),
          workerName: 'w',
          workerType: 'process',
          // More often than it looks without a signal.
          heartbeatIntervalSeconds: 1,
          requestedCapabilities: ['worker_heartbeat.v1'],
        },
      },
    );
    expect(await stream.next()).toMatchObject({ workerChannel: { __typename: 'WorkerReady' } });
    const toldNext = async (id: string): Promise<void> =>
      expect(await stream.next()).toEqual({
        workerChannel: { __typename: 'FlowRunCancellation', flowRun: { id } },
      });
    await toldNext(early);
    await toldNext(await stopping());
    await stream.stop();
  }, 10_000);
});

import { expect } from 'vitest';

import { newId } from '#server/ids.ts';
import { formatInstant, nowMicros } from '#server/time.ts';
import { type Follower, follow } from '#tests/schema/support/operations.ts';
import { type SocketClient, openSocket } from '#tests/support/socket-client.ts';

import type { Door } from '../doors.ts';
import { TASK_RUN } from '../entities.ts';
import { askField } from '../perform.ts';
import { type Chapter, type SpecialStep, type Step, at, inOrder, list } from '../step.ts';
import { idAs, made } from '../view.ts';

const KEY = 'in-the-background';
const CLIENT = 'task-worker';

const delay: Step = {
  rest: 'POST /task_runs/',
  graphql: 'createTaskRun',
  call: () => {
    const state = { type: 'SCHEDULED', name: 'Scheduled' };
    return {
      body: {
        flow_run_id: null,
        task_key: KEY,
        dynamic_key: 'one',
        name: 'delayed',
        state: { ...state, state_details: { deferred: true } },
      },
      input: {
        taskKey: KEY,
        dynamicKey: 'one',
        name: 'delayed',
        state: { ...state, details: { deferred: true } },
      },
      select: `created taskRun { ${TASK_RUN.selection} }`,
    };
  },
  compare: made(TASK_RUN, 'taskRun'),
  keep: idAs('delayed', 'entity.id'),
};

const openAs = async (door: Door, path: string): Promise<SocketClient> => {
  const client = await openSocket(`${door.socketUrl}/api${path}`);
  client.send({ type: 'auth', token: null });
  await client.next(0);
  return client;
};

const subscribe = async (door: Door): Promise<SocketClient> => {
  const client = await openAs(door, '/task_runs/subscriptions/scheduled');
  client.send({ type: 'subscribe', keys: [KEY], client_id: CLIENT });
  return client;
};

const quit = async (client: SocketClient): Promise<void> => {
  client.send({ type: 'quit' });
  await client.untilClosed();
};

const followTaskRuns = (door: Door): Promise<Follower> =>
  follow(
    door.ctx,
    `subscription Work($keys: [String!]!) {
      scheduledTaskRuns(taskKeys: $keys, clientId: "${CLIENT}") {
        deliveryId leaseToken taskRun { ${TASK_RUN.selection} }
      }
    }`,
    { keys: [KEY] },
  );

const isThere = async (look: () => Promise<unknown>): Promise<unknown> => {
  let found: unknown;
  await expect
    .poll(async () => {
      found = await look();
      return found;
    })
    .not.toEqual([]);
  return found;
};

const workersOverRest = async (door: Door): Promise<unknown> => {
  const body = { task_worker_filter: { task_keys: [KEY] } };
  const { json } = await door.rest('POST', '/task_workers/filter', body);
  return list(json).map((worker) => [at(worker, 'identifier'), at(worker, 'task_keys')]);
};

const workersOfGraphql = async (door: Door): Promise<unknown> => {
  const workers = await askField(door, 'taskWorkers', {
    args: { taskKeys: [KEY] },
    select: 'identifier taskKeys',
  });
  return list(workers).map((worker) => [at(worker, 'identifier'), at(worker, 'taskKeys')]);
};

/** Who is there while it waits for work. */
const workers: SpecialStep = {
  rest: 'POST /task_workers/filter',
  graphql: 'taskWorkers',
  throughRest: async (door) => {
    const client = await subscribe(door);
    const found = await isThere(() => workersOverRest(door));
    await quit(client);
    return found;
  },
  throughGraphql: async (door) => {
    const follower = await followTaskRuns(door);
    // Nothing is to come, but who waits for it is there.
    const nothing = follower.next().catch(() => undefined);
    const found = await isThere(() => workersOfGraphql(door));
    await follower.stop();
    await nothing;
    return found;
  },
};

const taskRuns: SpecialStep = {
  rest: 'WS /task_runs/subscriptions/scheduled',
  graphql: 'scheduledTaskRuns',
  throughRest: async (door) => {
    const client = await subscribe(door);
    const frame = await client.next(1);
    client.send({ type: 'ack' });
    await quit(client);
    return TASK_RUN.ofRest(frame);
  },
  throughGraphql: async (door) => {
    const follower = await followTaskRuns(door);
    const delivery = at(await follower.next(), 'scheduledTaskRuns');
    await askField(door, 'ackDelivery', {
      input: {
        deliveryId: at(delivery, 'deliveryId'),
        kind: 'TASK_RUN',
        leaseToken: at(delivery, 'leaseToken'),
      },
    });
    await follower.stop();
    return TASK_RUN.ofGraphql(at(delivery, 'taskRun'));
  },
};

const CAPABILITIES = ['worker_heartbeat.v1', 'work_pool_snapshot.v1'];
const CONSUMER = '00000000-0000-4000-8000-0000000000c0';

const channel: SpecialStep = {
  rest: 'WS /work_pools/{work_pool_name}/workers/connect',
  graphql: 'workerChannel',
  throughRest: async (door) => {
    const client = await openAs(door, '/work_pools/pool/workers/connect');
    client.send({
      type: 'worker.hello.v1',
      id: newId(),
      sent_at: formatInstant(nowMicros()),
      payload: {
        consumer_id: CONSUMER,
        worker_name: 'channel-worker',
        worker_type: 'process',
        heartbeat_interval_seconds: 30,
        supported_channel_versions: ['work_pool_worker_channel.v1'],
        requested_capabilities: CAPABILITIES,
      },
    });
    const ready = at(await client.next(1), 'payload');
    client.socket.close();
    await client.untilClosed();
    return {
      heartbeat: at(ready, 'effective_heartbeat_interval_seconds'),
      accepted: inOrder(list(at(ready, 'accepted_capabilities'))),
      rejected: at(ready, 'rejected_capabilities'),
      queues: inOrder(
        list(at(ready, 'resolved_work_queues')).map((queue) => at(queue, 'name') ?? queue),
      ),
      sequence: at(ready, 'initial_snapshot.snapshot_sequence'),
      pool: at(ready, 'initial_snapshot.work_pool.name'),
    };
  },
  throughGraphql: async (door) => {
    const follower = await follow(
      door.ctx,
      `subscription Work($hello: WorkerHelloInput!) { workerChannel(hello: $hello) {
        ... on WorkerReady { heartbeatIntervalSeconds acceptedCapabilities rejectedCapabilities
          resolvedWorkQueues { name } snapshot { sequence workPool { name } } }
      } }`,
      {
        hello: {
          workPoolName: 'pool',
          consumerId: CONSUMER,
          workerName: 'channel-worker',
          workerType: 'process',
          heartbeatIntervalSeconds: 30,
          requestedCapabilities: CAPABILITIES,
        },
      },
    );
    const ready = at(await follower.next(), 'workerChannel');
    await follower.stop();
    return {
      heartbeat: at(ready, 'heartbeatIntervalSeconds'),
      accepted: inOrder(list(at(ready, 'acceptedCapabilities'))),
      rejected: at(ready, 'rejectedCapabilities'),
      queues: inOrder(list(at(ready, 'resolvedWorkQueues')).map((queue) => at(queue, 'name'))),
      sequence: at(ready, 'snapshot.sequence'),
      pool: at(ready, 'snapshot.workPool.name'),
    };
  },
};

export const background: Chapter = {
  name: 'background tasks and channels',
  steps: [workers, delay, taskRuns, channel],
};

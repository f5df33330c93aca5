import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { enqueueCleanup } from '#server/commands/delivery/cleanup-queue.ts';
import { endExpiredDeliveries } from '#server/commands/delivery/settle-delivery.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { deleteWorkPool } from '#server/commands/work-pool/delete-work-pool.ts';
import { updateWorkPool } from '#server/commands/work-pool/update-work-pool.ts';
import { createWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import { rows } from '#server/db/script.ts';
import { listWorkersOfPool } from '#server/db/sql/worker-heartbeat.ts';
import { newId } from '#server/ids.ts';
import { formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { type SocketClient, openSocket } from '#tests/support/socket-client.ts';
import { type SocketServer, serveSockets } from '#tests/support/socket-server.ts';

const frame = (type: string, payload: object) => ({
  type,
  id: newId(),
  sent_at: formatInstant(nowMicros()),
  payload,
});

const hello = (changes: object = {}) => ({
  consumer_id: newId(),
  worker_name: 'worker-1',
  worker_type: 'process',
  heartbeat_interval_seconds: 30,
  supported_channel_versions: ['work_pool_worker_channel.v1'],
  requested_capabilities: ['worker_heartbeat.v1', 'work_pool_snapshot.v1'],
  ...changes,
});

const withCleanup = (changes: object = {}) =>
  hello({
    requested_capabilities: ['worker_heartbeat.v1', 'work_pool_snapshot.v1', 'cleanup_delivery.v1'],
    handled_cleanup_kinds: ['cancelling_timeout_teardown.v1'],
    ...changes,
  });

describeEachDatabase('The channel of workers', (db) => {
  let server: SocketServer;
  let poolName = '';
  beforeEach(async () => {
    server = await serveSockets(db.ctx);
    poolName = `pool-${newId()}`;
  });
  afterEach(() => server.close());

  const connect = async (name = poolName): Promise<SocketClient> => {
    const client = await openSocket(`${server.url}/api/work_pools/${name}/workers/connect`);
    client.send({ type: 'auth', token: null });
    expect(await client.next(0)).toEqual({ type: 'auth_success' });
    return client;
  };

  const greet = async (payload: object): Promise<SocketClient> => {
    const client = await connect();
    client.send(frame('worker.hello.v1', payload));
    return client;
  };

  const makePool = () => createWorkPool(db.ctx, { name: poolName, type: 'process' });

  const enqueue = async (workPoolId: string): Promise<string> => {
    const flowRunId = newId();
    await db.ctx.db.write(() =>
      enqueueCleanup({
        kind: 'cancelling_timeout_teardown.v1',
        workPoolId,
        workQueueId: null,
        target: { flow_run_id: flowRunId, infrastructure_pid: 'pid-1' },
        occasion: 'once',
      }),
    );
    return flowRunId;
  };

  interface Message {
    readonly type: string;
    readonly payload: {
      readonly message_id: string;
      readonly reservation_token: string;
      readonly delivery_count: number;
    };
  }

  // A frame of this type has this payload.
  const message = async (client: SocketClient, index: number): Promise<Message> =>
    (await client.next(index)) as Message;

  describe('refuses', () => {
    test('who does not speak the subprotocol', async () => {
      const url = `${server.url}/api/work_pools/${poolName}/workers/connect`;
      await expect(openSocket(url, null)).rejects.toThrow('403');
    });

    test('who begins with anything but a token, without the cause', async () => {
      const client = await openSocket(`${server.url}/api/work_pools/x/workers/connect`);
      client.send({ type: 'hello' });
      expect(await client.untilClosed()).toEqual({ code: 1008, reason: 'authentication_failed' });
    });

    test.each([
      ['a pool that is missing', hello(), 1008, 'authorization_failed'],
      [
        'a version that is not known',
        hello({ supported_channel_versions: ['v0'], create_pool_if_not_found: true }),
        1008,
        'unsupported_version',
      ],
      [
        'a worker that asks for too little',
        hello({ requested_capabilities: ['worker_heartbeat.v1'] }),
        1002,
        'protocol_error',
      ],
      [
        'cleanups without their delivery',
        hello({ handled_cleanup_kinds: ['pending_claim_teardown.v1'] }),
        1002,
        'protocol_error',
      ],
      ['a key that is not known', hello({ extra: 1 }), 1002, 'protocol_error'],
      ['an interval of nothing', hello({ heartbeat_interval_seconds: 0 }), 1002, 'protocol_error'],
    ])('%s', async (_name, payload, code, reason) => {
      const client = await greet(payload);
      expect(await client.untilClosed()).toEqual({ code, reason });
    });

    test('a first frame that is no greeting, and one that is no JSON', async () => {
      for (const first of ['nonsense', frame('worker.heartbeat.v1', {})]) {
        const client = await connect();
        client.send(first);
        expect(await client.untilClosed()).toEqual({ code: 1002, reason: 'protocol_error' });
      }
    });

    test('to make a pool with a reserved name, and queues that are not there', async () => {
      const reserved = await connect('prefect-pool');
      reserved.send(frame('worker.hello.v1', hello({ create_pool_if_not_found: true })));
      expect(await reserved.untilClosed()).toMatchObject({ reason: 'authorization_failed' });
      await makePool();
      const client = await greet(hello({ work_queue_names: ['nowhere'] }));
      expect(await client.untilClosed()).toMatchObject({ reason: 'authorization_failed' });
    });
  });

  test('makes the pool, fills its template and tells the worker of it', async () => {
    const template = {
      job_configuration: { command: 'run' },
      variables: { type: 'object', properties: {} },
    };
    const client = await greet(
      hello({ create_pool_if_not_found: true, default_base_job_template: template }),
    );
    expect(await client.next(1)).toMatchObject({
      type: 'worker.ready.v1',
      payload: {
        worker_id: null,
        selected_channel_version: 'work_pool_worker_channel.v1',
        effective_heartbeat_interval_seconds: 30,
        accepted_capabilities: ['worker_heartbeat.v1', 'work_pool_snapshot.v1'],
        rejected_capabilities: [],
        effective_max_cleanup_concurrency: 0,
        resolved_work_queues: [{ name: 'default' }],
        initial_snapshot: {
          snapshot_sequence: 1,
          reason: 'initial',
          work_pool: { name: poolName, status: 'READY', base_job_template: template },
        },
      },
    });
  });

  test('keeps of what type the worker is, which heartbeats do not tell', async () => {
    const { id } = await makePool();
    const client = await greet(hello({ worker_type: 'docker' }));
    await client.next(1);
    await recordWorkerHeartbeat(db.ctx, { workPoolName: poolName, name: 'worker-1' });
    const workers = await db.ctx.db.read(() => rows(listWorkersOfPool(id)));
    expect(workers).toMatchObject([{ name: 'worker-1', type: 'docker' }]);
  });

  test('tells of the changes that matter to workers, several at once as one, and ends with the pool', async () => {
    await makePool();
    const client = await greet(hello());
    await client.next(1);
    const change = (changes: Parameters<typeof updateWorkPool>[1]['changes']) =>
      updateWorkPool(db.ctx, { name: poolName, changes });
    await change({ description: 'of no matter' });
    await Promise.all([change({ concurrencyLimit: 8 }), change({ isPaused: true })]);
    expect(await client.next(2)).toMatchObject({
      type: 'work_pool.snapshot.v1',
      payload: { snapshot_sequence: 2, reason: 'work_pool_updated' },
    });
    const lastPool = (): unknown => {
      const last: unknown = client.frames.at(-1);
      return Reflect.get(Object(Reflect.get(Object(last), 'payload')), 'work_pool');
    };
    await expect
      .poll(lastPool)
      .toMatchObject({ concurrency_limit: 8, is_paused: true, active_slots: 0 });
    expect(client.frames.length).toBeLessThan(6);
    await deleteWorkPool(db.ctx, { name: poolName });
    expect(await client.untilClosed()).toEqual({ code: 1008, reason: 'authorization_failed' });
  });

  test('tells with a heartbeat what else has changed, and takes none of another worker', async () => {
    await makePool();
    const payload = hello();
    const client = await greet(payload);
    await client.next(1);
    await updateWorkPool(db.ctx, { name: poolName, changes: { description: 'new' } });
    const beat = {
      consumer_id: payload.consumer_id,
      worker_name: 'worker-1',
      heartbeat_interval_seconds: 30,
    };
    client.send(frame('worker.heartbeat.v1', beat));
    expect(await client.next(2)).toMatchObject({
      payload: { reason: 'heartbeat_reconciliation', work_pool: { description: 'new' } },
    });
    client.send(frame('worker.heartbeat.v1', { ...beat, worker_name: 'another' }));
    expect(await client.untilClosed()).toEqual({ code: 1002, reason: 'protocol_error' });
  });

  test('hands out cleanups, as many at a time as are wanted, until they are done', async () => {
    const { id } = await makePool();
    const client = await greet(withCleanup());
    expect(await client.next(1)).toMatchObject({
      payload: { effective_max_cleanup_concurrency: 1 },
    });
    const flowRunIds = [await enqueue(id), await enqueue(id)];
    const first = await message(client, 2);
    expect(first).toMatchObject({
      type: 'cleanup.message.v1',
      payload: {
        kind: 'cancelling_timeout_teardown.v1',
        delivery_count: 1,
        target: { flow_run_id: flowRunIds[0], infrastructure_pid: 'pid-1' },
        data: {},
      },
    });
    const { message_id, reservation_token } = first.payload;
    const renew = frame('cleanup.renew.v1', { message_id, reservation_token });
    client.send(renew);
    expect(await client.next(3)).toMatchObject({
      type: 'cleanup.operation_result.v1',
      payload: {
        request_frame_id: renew.id,
        message_id,
        operation: 'renew',
        status: 'accepted',
        lease_expires_at: expect.any(String),
      },
    });
    const held = { message_id, reservation_token };
    client.send(frame('cleanup.ack.v1', { ...held, reservation_token: 'other' }));
    expect(await client.next(4)).toMatchObject({ payload: { status: 'invalid_token' } });
    client.send(frame('cleanup.ack.v1', held));
    expect(await client.next(5)).toMatchObject({
      payload: { operation: 'ack', status: 'accepted' },
    });
    expect(await client.next(6)).toMatchObject({
      payload: { target: { flow_run_id: flowRunIds[1] } },
    });
    client.send(frame('cleanup.ack.v1', held));
    expect(await client.next(7)).toMatchObject({ payload: { status: 'not_found' } });
  });

  test('gives a cleanup up that three attempts did not do', async () => {
    const { id } = await makePool();
    await enqueue(id);
    const client = await greet(withCleanup());
    const statuses: unknown[] = [];
    for (const index of [2, 4, 6]) {
      const { message_id, reservation_token } = (await message(client, index)).payload;
      client.send(frame('cleanup.release.v1', { message_id, reservation_token, reason: 'busy' }));
      statuses.push(Reflect.get((await message(client, index + 1)).payload, 'status'));
    }
    expect(statuses).toEqual(['accepted', 'accepted', 'dead_lettered']);
  });

  test('keeps a cleanup for the worker that comes back, and offers it to another after the lease', async () => {
    const { id } = await makePool();
    await enqueue(id);
    const first = await greet(withCleanup());
    const { message_id, reservation_token } = (await message(first, 2)).payload;
    first.socket.terminate();
    const other = await greet(withCleanup());
    await other.next(1);
    other.send(frame('cleanup.ack.v1', { message_id, reservation_token: 'other' }));
    expect(await other.next(2)).toMatchObject({ payload: { status: 'invalid_token' } });
    other.send(frame('cleanup.ack.v1', { message_id, reservation_token }));
    expect(await other.next(3)).toMatchObject({ payload: { status: 'accepted' } });
    expect(await endExpiredDeliveries(db.ctx, 10)).toEqual({ returned: 0, givenUp: 0 });
  });

  test('refuses what is said of cleanups by a worker that does none', async () => {
    await makePool();
    const client = await greet(hello());
    await client.next(1);
    client.send(frame('cleanup.ack.v1', { message_id: newId(), reservation_token: 'x' }));
    expect(await client.next(2)).toMatchObject({
      payload: { status: 'unauthorized', reason: 'cleanup_delivery_not_accepted' },
    });
  });

  test('names the queues that a worker asked for', async () => {
    await makePool();
    await createWorkQueue(db.ctx, { workPoolName: poolName, name: 'fast' });
    const client = await greet(hello({ work_queue_names: ['fast', 'fast'] }));
    expect(await client.next(1)).toMatchObject({
      payload: { resolved_work_queues: [{ name: 'fast' }] },
    });
  });
});

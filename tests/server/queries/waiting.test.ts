import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { run } from '#server/db/script.ts';
import { json as jsonText } from '#server/json.ts';
import { formatInstant, addSeconds, micros, nowMicros } from '#server/time.ts';
import { data } from '#tests/schema/support/operations.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

type Json = Record<string, unknown>;

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

const WAITING = `query Waiting($id: ID!) { flowRun(id: $id) { waiting {
  kind message subject { type id name } since until lastSeen limit activeSlots
  holders { type id name stateType } place isPlaceAtLeast inputKeyset
} } }`;

const TELL = `mutation Tell($input: WorkerHeartbeatInput!) {
  workerHeartbeat(input: $input) { __typename }
}`;

/** A reason of GraphQL as REST tells it. */
const asWire = (reason: Json): Json => {
  const { lastSeen, activeSlots, isPlaceAtLeast, inputKeyset, ...same } = reason;
  const lower = (value: unknown) => String(value).toLowerCase().replace('_', '-');
  const subject = same['subject'] as Json | null;
  return {
    ...same,
    subject: subject === null ? null : { ...subject, type: lower(subject['type']) },
    holders: (same['holders'] as Json[]).map(({ stateType, type, ...holder }) => ({
      ...holder,
      type: lower(type),
      state_type: stateType,
    })),
    last_seen: lastSeen,
    active_slots: activeSlots,
    is_place_at_least: isPlaceAtLeast,
    input_keyset: inputKeyset,
  };
};

describeEachDatabase('Why a flow run does not run', (db) => {
  let api: ApiServer;
  let count = 0;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  const fresh = (word: string): string => `${word}-${(count += 1)}`;
  const send = async (method: string, path: string, body?: Json): Promise<Json> => {
    const { status, json, text } = await api.call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return (json ?? {}) as Json;
  };
  const inSeconds = (seconds: number): string => formatInstant(addSeconds(nowMicros(), seconds));
  const scheduled = (seconds: number, name = 'Scheduled'): Json => ({
    type: 'SCHEDULED',
    name,
    state_details: { scheduled_time: inSeconds(seconds) },
  });

  const makePool = async (more: Json = {}): Promise<string> => {
    const name = fresh('pool');
    await send('POST', '/work_pools/', { name, type: 'process', ...more });
    return name;
  };
  const heartbeat = (pool: string): Promise<Json> =>
    send('POST', `/work_pools/${pool}/workers/heartbeat`, { name: 'worker-a' });
  const flowId = async (): Promise<string> =>
    String((await send('POST', '/flows/', { name: 'flow' }))['id']);
  const makeRun = async (more: Json = {}): Promise<string> => {
    const body = { flow_id: await flowId(), state: scheduled(-5), ...more };
    return String((await send('POST', '/flow_runs/', body))['id']);
  };
  const makeDeployment = async (more: Json = {}): Promise<string> => {
    const body = { name: fresh('deployment'), flow_id: await flowId(), ...more };
    return String((await send('POST', '/deployments/', body))['id']);
  };
  const makeRunOf = async (deployment: string, state: Json = scheduled(-5)): Promise<string> =>
    String((await send('POST', `/deployments/${deployment}/create_flow_run`, { state }))['id']);
  const setState = (id: string, state: Json, force = false): Promise<Json> =>
    send('POST', `/flow_runs/${id}/set_state`, { state, force });

  /** What both doors tell, which must be the same. */
  const waiting = async (id: string): Promise<readonly Json[]> => {
    const { json } = await api.call('GET', `/flow_runs/${id}/waiting`);
    const { flowRun } = await data(db.ctx, WAITING, { id });
    const told = (flowRun as { waiting: Json[] }).waiting;
    expect(told.map(asWire)).toEqual(json);
    return json as Json[];
  };
  const kinds = async (id: string): Promise<readonly unknown[]> =>
    (await waiting(id)).map(({ kind }) => kind);

  test('an unknown run is not found', async () => {
    expect((await api.call('GET', `/flow_runs/${UNKNOWN}/waiting`)).status).toBe(404);
  });

  test('a run that ended waits for nothing', async () => {
    const id = await makeRun({ state: { type: 'COMPLETED' } });
    expect(await waiting(id)).toEqual([]);
  });

  test('a run without pool and deployment is started by nobody but its maker', async () => {
    expect(await kinds(await makeRun())).toEqual(['NO_POOL']);
  });

  test('a run that is not due waits until it is', async () => {
    const pool = await makePool();
    await heartbeat(pool);
    const state = scheduled(3600);
    const id = await makeRun({ work_pool_name: pool, state });
    expect(await waiting(id)).toMatchObject([
      { kind: 'NOT_DUE', until: (state['state_details'] as Json)['scheduled_time'] },
    ]);
  });

  test('a run that is tried again later waits for its delay', async () => {
    const pool = await makePool();
    await heartbeat(pool);
    const id = await makeRun({ work_pool_name: pool, state: scheduled(60, 'AwaitingRetry') });
    expect(await kinds(id)).toEqual(['RETRY_DELAY']);
  });

  test('a paused pool, a paused queue and a missing worker are all told', async () => {
    const pool = await makePool({ is_paused: true });
    await send('PATCH', `/work_pools/${pool}/queues/default`, { is_paused: true });
    const id = await makeRun({ work_pool_name: pool });
    expect(await waiting(id)).toMatchObject([
      { kind: 'POOL_PAUSED', subject: { type: 'work-pool', name: pool } },
      { kind: 'QUEUE_PAUSED', subject: { type: 'work-queue', name: 'default' } },
      { kind: 'NO_WORKER', message: `No worker was ever started for work pool "${pool}".` },
      { kind: 'IN_LINE', place: 1, is_place_at_least: false },
    ]);
  });

  test('a worker that has been silent is named with its last sign of life', async () => {
    const pool = await makePool();
    await heartbeat(pool);
    const silentSince = micros(Date.parse('2026-01-01T00:00:00Z') * 1000);
    const { id: poolId } = await send('GET', `/work_pools/${pool}`);
    await db.ctx.db.write(() =>
      run(
        db.ctx.db.builder
          .updateTable('worker')
          .set({ lastHeartbeatTime: silentSince })
          .where('workPoolId', '=', String(poolId)),
      ),
    );
    const id = await makeRun({ work_pool_name: pool });
    expect((await waiting(id))[0]).toMatchObject({
      kind: 'NO_WORKER',
      message: `No worker of work pool "${pool}" is online; "worker-a" was the last.`,
      last_seen: '2026-01-01T00:00:00Z',
    });
  });

  test('workers that are all made for pools of other types are told, until one of its type comes', async () => {
    const pool = await makePool({ type: 'docker' });
    const come = (name: string, type: string | null): Promise<unknown> =>
      data(db.ctx, TELL, { input: { workPoolName: pool, name, type } });
    await come('runner', 'process');
    const id = await makeRun({ work_pool_name: pool });
    expect(await waiting(id)).toMatchObject([
      {
        kind: 'NO_MATCHING_WORKER',
        message: `Work pool "${pool}" is of type "docker", but its only online worker "runner" is made for type "process".`,
        subject: { type: 'work-pool', name: pool },
      },
      { kind: 'IN_LINE' },
    ]);
    // A heartbeat without a type takes back nothing.
    await send('POST', `/work_pools/${pool}/workers/heartbeat`, { name: 'runner' });
    await come('cluster', 'kubernetes');
    expect((await waiting(id))[0]).toMatchObject({
      message: `Work pool "${pool}" is of type "docker", but its 2 online workers are made for "kubernetes", "process".`,
    });

    await come('captain', 'docker');
    expect(await kinds(id)).toEqual(['IN_LINE']);
  });

  test('a worker that has not told its type may be the right one', async () => {
    const pool = await makePool({ type: 'docker' });
    await data(db.ctx, TELL, { input: { workPoolName: pool, name: 'runner', type: 'process' } });
    await heartbeat(pool);
    const id = await makeRun({ work_pool_name: pool });
    expect(await kinds(id)).toEqual(['IN_LINE']);
  });

  test('no worker serves the pools of a type that runs in the cloud alone', async () => {
    const pool = await makePool({ type: 'ecs:push' });
    const id = await makeRun({ work_pool_name: pool });
    expect(await kinds(id)).toEqual(['UNSERVED_POOL_TYPE', 'NO_WORKER', 'IN_LINE']);
  });

  test('a full pool and a full queue name who holds their slots', async () => {
    const pool = await makePool({ concurrency_limit: 1 });
    await send('PATCH', `/work_pools/${pool}/queues/default`, { concurrency_limit: 1 });
    await heartbeat(pool);
    const holder = await makeRun({
      work_pool_name: pool,
      name: 'holder',
      state: { type: 'RUNNING' },
    });
    const id = await makeRun({ work_pool_name: pool });
    const full = {
      limit: 1,
      active_slots: 1,
      holders: [{ type: 'flow-run', id: holder, name: 'holder', state_type: 'RUNNING' }],
    };
    expect(await waiting(id)).toMatchObject([
      { kind: 'POOL_LIMIT', message: `1 of 1 slot of work pool "${pool}" is taken.`, ...full },
      { kind: 'QUEUE_LIMIT', ...full },
      { kind: 'IN_LINE' },
    ]);
    await setState(holder, { type: 'COMPLETED' });
    expect(await kinds(id)).toEqual(['IN_LINE']);
  });

  test('its place counts earlier runs of its queue and due runs of queues that are served before', async () => {
    const pool = await makePool();
    await heartbeat(pool);
    await send('POST', `/work_pools/${pool}/queues`, { name: 'urgent', priority: 1 });
    await send('PATCH', `/work_pools/${pool}/queues/default`, { priority: 2 });
    await makeRun({ work_pool_name: pool, work_queue_name: 'urgent', state: scheduled(-1) });
    await makeRun({ work_pool_name: pool, work_queue_name: 'urgent', state: scheduled(3600) });
    await makeRun({ work_pool_name: pool, state: scheduled(-20) });
    await makeRun({ work_pool_name: pool, state: scheduled(-5) });
    const id = await makeRun({ work_pool_name: pool, state: scheduled(-10) });
    expect(await waiting(id)).toMatchObject([
      { kind: 'IN_LINE', place: 3, message: '2 due runs come before it.' },
    ]);
  });

  test('a late run tells since when it should run', async () => {
    const pool = await makePool();
    await heartbeat(pool);
    const id = await makeRun({ work_pool_name: pool, state: scheduled(-60) });
    await setState(
      id,
      { type: 'SCHEDULED', name: 'Late', state_details: { scheduled_time: inSeconds(-60) } },
      true,
    );
    const reasons = await waiting(id);
    expect(reasons.map(({ kind }) => kind)).toEqual(['IN_LINE', 'LATE']);
    expect(reasons[1]?.['since']).not.toBeNull();
  });

  test('a run of a deployment that no process serves is not asked for', async () => {
    const deployment = await makeDeployment();
    const id = await makeRunOf(deployment);
    expect(await waiting(id)).toMatchObject([
      { kind: 'NOT_POLLED', subject: { type: 'deployment', id: deployment }, last_seen: null },
    ]);
    await send('POST', '/deployments/get_scheduled_flow_runs', { deployment_ids: [deployment] });
    expect(await waiting(id)).toEqual([]);
  });

  test('a full deployment names its runs, and the run that it refused waits for its next try', async () => {
    const pool = await makePool();
    await heartbeat(pool);
    const deployment = await makeDeployment({ work_pool_name: pool, concurrency_limit: 1 });
    const holder = await makeRunOf(deployment);
    const id = await makeRunOf(deployment);
    await setState(holder, { type: 'PENDING' });
    expect(await kinds(id)).toEqual(['DEPLOYMENT_LIMIT', 'IN_LINE']);
    await setState(id, { type: 'PENDING' });
    expect(await waiting(id)).toMatchObject([
      { kind: 'AWAITING_CONCURRENCY_SLOT' },
      {
        kind: 'DEPLOYMENT_LIMIT',
        limit: 1,
        active_slots: 1,
        holders: [{ id: holder, state_type: 'PENDING' }],
      },
    ]);
  });

  test('a run that somebody was handed says who holds it', async () => {
    const pool = await makePool();
    await heartbeat(pool);
    const id = await makeRun({ work_pool_name: pool });
    const { workPool } = await data(
      db.ctx,
      'query Pool($name: String!) { workPool(by: { name: $name }) { defaultQueue { id } } }',
      { name: pool },
    );
    const queue = (workPool as { defaultQueue: { id: string } }).defaultQueue.id;
    const now = nowMicros();
    const delivery = {
      id: UNKNOWN.replace('8000', '8001'),
      created: now,
      updated: now,
      kind: 'FLOW_RUN',
      queue,
      key: id,
      priority: 1,
      availableAt: now,
      status: 'LEASED',
      holder: 'runner-a',
      leaseToken: 'token',
      leaseExpires: addSeconds(now, 60),
      deliveryCount: 5,
      data: jsonText({}),
    };
    await db.ctx.db.write(() => run(db.ctx.db.builder.insertInto('delivery').values(delivery)));
    expect(await kinds(id)).toEqual(['HANDED_OUT', 'IN_LINE']);
    await db.ctx.db.write(() =>
      run(db.ctx.db.builder.updateTable('delivery').set({ status: 'DEAD' })),
    );
    expect(await kinds(id)).toEqual(['GIVEN_UP', 'IN_LINE']);
  });

  test('a run that was taken is being started', async () => {
    const id = await makeRun({ state: { type: 'PENDING', name: 'Submitting' } });
    const [starting] = await waiting(id);
    expect(starting).toMatchObject({ kind: 'STARTING' });
    expect(starting?.['since']).not.toBeNull();
  });

  test('a run that was taken says so when no worker of its pool is online any more', async () => {
    const pool = await makePool();
    const id = await makeRunOf(await makeDeployment({ work_pool_name: pool }));
    await setState(id, { type: 'PENDING', name: 'Submitting' });
    const [starting, ...others] = await waiting(id);
    expect(starting).toMatchObject({ kind: 'STARTING', subject: { name: pool } });
    expect(starting?.['message']).toMatch(/no worker of work pool "\S+" is online any more/u);
    expect(others).toEqual([]);
    await heartbeat(pool);
    expect(await waiting(id)).toMatchObject([{ kind: 'STARTING', subject: null }]);
  });

  test('a running run whose heartbeats have stopped says since when; one that never sent any does not', async () => {
    const started = async (): Promise<string> => {
      const id = await makeRun({ state: { type: 'RUNNING' } });
      const early = { stateTimestamp: addSeconds(nowMicros(), -7200) };
      await db.ctx.db.write(() =>
        run(db.ctx.db.builder.updateTable('flowRun').set(early).where('id', '=', id)),
      );
      return id;
    };
    const beat = (id: string, seconds: number): Promise<Json> =>
      send('POST', '/events', [
        {
          id: randomUUID(),
          occurred: inSeconds(seconds),
          event: 'prefect.flow-run.heartbeat',
          resource: { 'prefect.resource.id': `prefect.flow-run.${id}` },
        },
      ] as unknown as Json);
    const id = await started();
    expect(await waiting(id)).toEqual([]);
    await beat(id, -3600);
    await waitFor(async () => (await waiting(id)).length > 0);
    const [silent] = await waiting(id);
    expect(silent).toMatchObject({ kind: 'SILENT', message: expect.stringContaining('is off') });
    expect(String(silent?.['last_seen']).slice(0, 13)).toBe(inSeconds(-3600).slice(0, 13));
    await beat(id, 0);
    await waitFor(async () => (await waiting(id)).length === 0);
    expect(await waiting(await started())).toEqual([]);
  });

  test('a paused run waits to be resumed, and a suspended one for its input', async () => {
    const until = inSeconds(300);
    const pause = { type: 'PAUSED', name: 'Paused', state_details: { pause_timeout: until } };
    const paused = await makeRun({ state: { type: 'RUNNING' } });
    await setState(paused, pause);
    expect(await waiting(paused)).toMatchObject([{ kind: 'PAUSED', until }]);
    const keyset = { description: 'd', response: 'paused-1-response', schema: 'paused-1-schema' };
    const asking = await makeRun({ state: { type: 'RUNNING' } });
    await setState(asking, {
      ...pause,
      state_details: { pause_timeout: until, run_input_keyset: keyset },
    });
    expect(await waiting(asking)).toMatchObject([
      { kind: 'WAITING_FOR_INPUT', until, input_keyset: keyset },
    ]);
  });

  test('a run that is to stop is being cancelled', async () => {
    const id = await makeRun({ state: { type: 'RUNNING' } });
    await setState(id, { type: 'CANCELLING' }, true);
    const [{ kind, since, until } = {}, ...others] = await waiting(id);
    expect({ kind, others }).toEqual({ kind: 'CANCELLING', others: [] });
    // Nobody has to confirm it for ever.
    expect(Date.parse(String(until)) - Date.parse(String(since))).toBe(300_000);
  });

  test('a running run tells of the tags that its task runs wait for', async () => {
    const tag = fresh('tag');
    await send('POST', '/concurrency_limits/', { tag, concurrency_limit: 1 });
    const flowRun = await makeRun({ state: { type: 'RUNNING' } });
    const makeTask = async (key: string): Promise<string> => {
      const body = {
        flow_run_id: flowRun,
        task_key: 't',
        dynamic_key: key,
        name: key,
        tags: [tag],
        state: { type: 'PENDING' },
      };
      return String((await send('POST', '/task_runs/', body))['id']);
    };
    const holder = await makeTask('holder');
    await makeTask('other');
    expect(await waiting(flowRun)).toEqual([]);
    await send('POST', `/task_runs/${holder}/set_state`, { state: { type: 'RUNNING' } });
    expect(await waiting(flowRun)).toMatchObject([
      {
        kind: 'TAG_LIMIT',
        subject: { type: 'concurrency-limit', name: `tag:${tag}` },
        holders: [{ type: 'task-run', id: holder, name: 'holder', state_type: 'RUNNING' }],
      },
    ]);
  });

  test('a running run tells of the limits by name that it and its task runs wait for', async () => {
    const name = fresh('limit');
    await send('POST', '/v2/concurrency_limits/', { name, limit: 1 });
    const [holder, first, second] = [
      await makeRun({ name: 'holder', state: { type: 'RUNNING' } }),
      await makeRun({ state: { type: 'RUNNING' } }),
      await makeRun({ state: { type: 'RUNNING' } }),
    ];
    const taskRun = { flow_run_id: second, task_key: 't', dynamic_key: '0', name: 't' };
    const taskRunId = (await send('POST', '/task_runs/', taskRun))['id'];
    const take = (type: string, id: unknown) =>
      send('POST', '/v2/concurrency_limits/increment-with-lease', {
        names: [name],
        slots: 1,
        holder: { type, id },
      });
    // One door is asked, as something may happen between two questions.
    const isWaiting = (id: string) =>
      waitFor(async () => (await api.call('GET', `/flow_runs/${id}/waiting`)).text !== '[]');
    const lease = await take('flow_run', holder);
    const waits = [take('flow_run', first)];
    await isWaiting(first);
    waits.push(take('task_run', taskRunId));
    await isWaiting(second);
    const about = {
      kind: 'CONCURRENCY_LIMIT',
      subject: { type: 'concurrency-limit', name },
      limit: 1,
      active_slots: 1,
      holders: [{ type: 'flow-run', id: holder, name: 'holder', state_type: 'RUNNING' }],
      is_place_at_least: false,
    };
    expect(await waiting(first)).toMatchObject([{ ...about, place: 1 }]);
    expect(await waiting(second)).toMatchObject([{ ...about, place: 2 }]);
    const { concurrencyLimit } = await data(
      db.ctx,
      `query Waiters($name: String!) { concurrencyLimit(by: { name: $name }) {
        waiterCount waiters { slots isHeld holderType holder { id } }
      } }`,
      { name },
    );
    expect(concurrencyLimit).toEqual({
      waiterCount: 2,
      waiters: [
        { slots: 1, isHeld: true, holderType: 'FLOW_RUN', holder: { id: first } },
        { slots: 1, isHeld: true, holderType: 'TASK_RUN', holder: { id: taskRunId } },
      ],
    });

    await send('POST', '/v2/concurrency_limits/decrement-with-lease', {
      lease_id: lease['lease_id'],
    });
    await waits[0];
    expect(await waiting(first)).toEqual([]);
    // Those that nobody gives a slot are refused, which is no matter of this test.
    await Promise.allSettled(waits);
  });

  test('a running run tells of the limits that runs of its flow wait for, as stock clients name the flow', async () => {
    const name = fresh('limit');
    await send('POST', '/v2/concurrency_limits/', { name, limit: 1 });
    const flow = String((await send('POST', '/flows/', { name: fresh('flow') }))['id']);
    const makeRunOfFlow = () => makeRun({ flow_id: flow, state: { type: 'RUNNING' } });
    const id = await makeRunOfFlow();
    const take = () =>
      fetch(`${api.url}/api/v2/concurrency_limits/increment-with-lease`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-prefect-flow-id': flow },
        body: JSON.stringify({ names: [name], slots: 1 }),
      });
    await take();
    const leaving = take();
    await waitFor(async () => (await api.call('GET', `/flow_runs/${id}/waiting`)).text !== '[]');
    const [alone] = await waiting(id);
    expect(alone).toMatchObject({
      kind: 'CONCURRENCY_LIMIT',
      subject: { name },
      place: 1,
      since: null,
    });
    expect(alone?.['message']).toMatch(/is taken\. It is next\.$/u);
    await makeRunOfFlow();
    const [doubtful] = await waiting(id);
    expect(doubtful?.['message']).toMatch(/It may be another run of the flow that waits\.$/u);
    const { concurrencyLimit } = await data(
      db.ctx,
      `query Flows($name: String!) { concurrencyLimit(by: { name: $name }) {
        waiters { holder { id } flow { id } } leases { nodes { holder { id } flow { id } } }
      } }`,
      { name },
    );
    const ofFlow = { holder: null, flow: { id: flow } };
    expect(concurrencyLimit).toEqual({ waiters: [ofFlow], leases: { nodes: [ofFlow] } });
    await leaving;
  });
});

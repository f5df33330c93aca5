import {
  type ReservedCleanup,
  enqueueCleanup,
  reserveCleanup,
} from '#server/commands/delivery/cleanup-queue.ts';
import { ackDelivery } from '#server/commands/delivery/settle-delivery.ts';
import { one, run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { cancellationTimeouts } from '#server/services/cancellation-timeouts.ts';
import { deliveryReconciler } from '#server/services/delivery-reconciler.ts';
import { foreman } from '#server/services/foreman.ts';
import { heartbeatReaper } from '#server/services/heartbeat-reaper.ts';
import { lateRuns } from '#server/services/late-runs.ts';
import { scheduler } from '#server/services/scheduler.ts';
import type { Service, ServiceReport } from '#server/services/service.ts';
import { flowRunVacuum } from '#server/services/vacuum.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { openSocket } from '#tests/support/socket-client.ts';
import { waitFor } from '#tests/support/wait-for.ts';

import type { Effect, Variables } from './effect.ts';
import { make, makeDeployment, makeFlowRun, stateOf } from './made.ts';
import { type ObservedApp, observe } from './observed-app.ts';

const tick = ({ app }: ObservedApp, service: Service): Promise<ServiceReport> =>
  service.runOnce(app.ctx);

const ago = (seconds: number): string => formatInstant(addSeconds(nowMicros(), -seconds));

/** The type of a state that a run was in for a moment when the service looked at it. */
const stateAfter = (service: Service, state: object, name: 'type' | 'name') => (env: Variables) =>
  observe(env, async (observed) => {
    const id = await makeFlowRun(observed, { state });
    await tick(observed, service);
    return (await stateOf(observed, id))?.[name] ?? null;
  });

const SILENCE = [
  statement<[at: number]>('UPDATE worker SET last_heartbeat_time = ?'),
  statement<[at: number]>('UPDATE work_queue SET last_polled = ? WHERE last_polled IS NOT NULL'),
  statement<[at: number]>('UPDATE deployment SET last_polled = ? WHERE last_polled IS NOT NULL'),
];

interface Told {
  readonly status: string;
}

/** What is said of a worker and of what it works for when all of them have been silent for a hundred seconds. */
const silentStatuses = (env: Variables) =>
  observe(env, async (observed) => {
    const { app, call } = observed;
    await make(observed, '/api/work_pools/', { name: 'p', type: 'process' });
    const id = await makeDeployment(observed, { work_pool_name: 'p' });
    await call('/api/work_pools/p/workers/heartbeat', { name: 'w' });
    await call('/api/work_pools/p/get_scheduled_flow_runs', {});
    await app.ctx.db.write(function* () {
      const at = addSeconds(nowMicros(), -100);
      for (const silence of SILENCE) yield* run(silence(at));
    });
    await tick(observed, foreman);
    // Lists and a deployment that tell of their status.
    const workers = (await call('/api/work_pools/p/workers/filter', {})).body as readonly Told[];
    const queues = (await call('/api/work_pools/p/queues/filter', {})).body as readonly Told[];
    const deployment = (await call(`/api/deployments/${id}`)).body as Told;
    return [workers[0]?.status, queues[0]?.status, deployment.status];
  });

/** How many runs a schedule of so many seconds has planned. */
const plannedRuns =
  (interval: number, given: Variables = {}) =>
  (env: Variables): Promise<unknown> =>
    observe({ ...given, ...env }, async (observed) => {
      const anchor = formatInstant(addSeconds(nowMicros(), 30));
      const schedule = { schedule: { interval, anchor_date: anchor } };
      await makeDeployment(observed, { schedules: [schedule] });
      await tick(observed, scheduler);
      return (await observed.call('/api/flow_runs/count', {})).body;
    });

/** How many statements of a form a tick of the scheduler takes for three deployments with three runs each. */
const schedulerStatements =
  (part: string) =>
  (env: Variables): Promise<number> =>
    observe({ PREFECT_SERVER_DATABASE_ECHO: 'true', ...env }, async (observed) => {
      for (const name of ['a', 'b', 'c'])
        await makeDeployment(observed, { name, schedules: [{ schedule: { interval: 86_400 } }] });
      const before = observed.lines.length;
      await tick(observed, scheduler);
      return observed.lines.slice(before).filter(({ msg }) => msg.includes(part)).length;
    });

const age = statement<[end: number]>('UPDATE flow_run SET end_time = ?');

/** What is left of two flow runs that ended two hours ago, and how often the vacuum has looked for such. */
const vacuumed = (env: Variables) =>
  observe({ PREFECT_SERVER_DATABASE_ECHO: 'true', ...env }, async (observed) => {
    for (const name of ['a', 'b'])
      await makeFlowRun(observed, { name, state: { type: 'COMPLETED' } });
    await observed.app.ctx.db.write(() => run(age(addSeconds(nowMicros(), -7200))));
    const before = observed.lines.length;
    await tick(observed, flowRunVacuum);
    const looks = observed.lines
      .slice(before)
      .filter(({ msg }) => msg.includes('SELECT id FROM flow_run WHERE end_time'));
    return { left: (await observed.call('/api/flow_runs/count', {})).body, looks: looks.length };
  });

/** Whether a run with a heartbeat of some time ago, before a moment without any, is crashed. */
const stateAfterSilence = (env: Variables) =>
  observe(env, async (observed) => {
    const id = await makeFlowRun(observed, { state: { type: 'RUNNING' } });
    const event = {
      id: newId(),
      occurred: ago(-0.001),
      event: 'prefect.flow-run.heartbeat',
      resource: { 'prefect.resource.id': `prefect.flow-run.${id}` },
    };
    await observed.call('/api/events', [event]);
    return waitFor(
      async () => {
        await tick(observed, heartbeatReaper);
        const state = await stateOf(observed, id);
        return state?.type === 'CRASHED' ? state.type : null;
      },
      { withinMillis: 1500 },
    ).catch(() => 'RUNNING');
  });

const enqueue = async (observed: ObservedApp, workPoolId: string): Promise<void> => {
  const target = { flow_run_id: newId(), infrastructure_pid: 'pid' };
  const kind = 'cancelling_timeout_teardown.v1';
  await observed.app.ctx.db.write(() =>
    enqueueCleanup({ kind, workPoolId, workQueueId: null, target, occasion: 'once' }),
  );
};

const reserve = (
  { app }: ObservedApp,
  { workPoolId, leaseSeconds }: { readonly workPoolId: string; readonly leaseSeconds: number },
): Promise<ReservedCleanup | null> =>
  reserveCleanup(app.ctx, {
    workPoolId,
    kinds: ['cancelling_timeout_teardown.v1'],
    workQueueIds: [],
    takesAny: true,
    holder: newId(),
    most: 1,
    leaseSeconds,
  });

/** What a tick does with two cleanups that workers took and did not do. */
const returned = (env: Variables): Promise<ServiceReport> =>
  observe(env, async (observed) => {
    const workPoolId = await make(observed, '/api/work_pools/', { name: 'p', type: 'process' });
    for (const _ of [1, 2]) await enqueue(observed, workPoolId);
    for (const _ of [1, 2]) await reserve(observed, { workPoolId, leaseSeconds: -1 });
    return tick(observed, deliveryReconciler);
  });

const countDeliveries = statement<[], { readonly total: number }>(
  'SELECT count(*) AS total FROM delivery',
);

/** How many cleanups are remembered after one was done. */
const remembered = (env: Variables): Promise<unknown> =>
  observe(env, async (observed) => {
    const { ctx } = observed.app;
    const workPoolId = await make(observed, '/api/work_pools/', { name: 'p', type: 'process' });
    await enqueue(observed, workPoolId);
    const cleanup = await reserve(observed, { workPoolId, leaseSeconds: 60 });
    const { deliveryId: id = '', leaseToken = '' } = cleanup ?? {};
    await ackDelivery(ctx, { id, leaseToken, kind: 'CLEANUP' });
    await tick(observed, deliveryReconciler);
    return (await ctx.db.read(() => one(countDeliveries())))?.total;
  });

const frame = (type: string, payload: object) => ({ type, id: newId(), sent_at: ago(0), payload });

/** For how many seconds a worker that is connected has a cleanup. */
const cleanupSeconds = (env: Variables): Promise<number> =>
  observe(env, async (observed) => {
    const workPoolId = await make(observed, '/api/work_pools/', { name: 'p', type: 'process' });
    await enqueue(observed, workPoolId);
    const address = `${observed.url.replace('http', 'ws')}/api/work_pools/p/workers/connect`;
    const client = await openSocket(address);
    client.send({ type: 'auth', token: null });
    client.send(
      frame('worker.hello.v1', {
        consumer_id: newId(),
        worker_name: 'w',
        worker_type: 'process',
        heartbeat_interval_seconds: 30,
        supported_channel_versions: ['work_pool_worker_channel.v1'],
        requested_capabilities: [
          'worker_heartbeat.v1',
          'work_pool_snapshot.v1',
          'cleanup_delivery.v1',
        ],
        handled_cleanup_kinds: ['cancelling_timeout_teardown.v1'],
      }),
    );
    const text = await waitFor(() =>
      client.frames
        .map((sent) => JSON.stringify(sent))
        .find((sent) => sent.includes('reservation_token')),
    );
    const ends = /"(?:lease|reservation)_expires_at":"([^"]+)"/.exec(text)?.[1] ?? '';
    return Math.round((Date.parse(ends) - Date.now()) / 1000);
  });

const SERVICES = 'PREFECT_SERVER_SERVICES_';
const CHANNEL = 'PREFECT_SERVER_WORKER_CHANNEL_';
const FEW = { [`${SERVICES}SCHEDULER_MIN_RUNS`]: '1' };
const MANY = { [`${SERVICES}SCHEDULER_MIN_RUNS`]: '50' };

/** What services do in a tick. */
export const tickEffects: readonly Effect[] = [
  {
    variable: `${SERVICES}CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS`,
    shows: 'the state of a run that is being cancelled',
    observe: stateAfter(cancellationTimeouts, { type: 'CANCELLING' }, 'type'),
    cases: [
      [null, 'CANCELLING'],
      ['0.000001', 'CANCELLED'],
    ],
  },
  {
    variable: `${SERVICES}LATE_RUNS_AFTER_SECONDS`,
    shows: 'the state of a run that should have begun ten seconds ago',
    observe: (env) => {
      const details = { scheduled_time: ago(10) };
      const state = { type: 'SCHEDULED', name: 'Scheduled', state_details: details };
      return stateAfter(lateRuns, state, 'name')(env);
    },
    cases: [
      [null, 'Scheduled'],
      ['9', 'Late'],
    ],
  },
  {
    variable: `${SERVICES}HEARTBEAT_REAPER_AFTER_SECONDS`,
    shows: 'the state of a run whose heartbeats have stopped',
    observe: stateAfterSilence,
    cases: [
      [null, 'RUNNING'],
      ['0.02', 'CRASHED'],
    ],
  },
  {
    variable: `${SERVICES}FOREMAN_INACTIVITY_HEARTBEAT_MULTIPLE`,
    shows: 'what is said of a silent worker',
    observe: async (env) => (await silentStatuses(env))[0],
    cases: [
      [null, 'OFFLINE'],
      ['4', 'ONLINE'],
    ],
  },
  {
    variable: `${SERVICES}FOREMAN_FALLBACK_HEARTBEAT_INTERVAL_SECONDS`,
    shows: 'what is said of a silent worker that named no interval',
    observe: async (env) => (await silentStatuses(env))[0],
    cases: [
      [null, 'OFFLINE'],
      ['40', 'ONLINE'],
    ],
  },
  {
    variable: `${SERVICES}FOREMAN_WORK_QUEUE_LAST_POLLED_TIMEOUT_SECONDS`,
    shows: 'what is said of a queue that nobody polls',
    observe: async (env) => (await silentStatuses(env))[1],
    cases: [
      [null, 'NOT_READY'],
      ['200', 'READY'],
    ],
  },
  {
    variable: `${SERVICES}FOREMAN_DEPLOYMENT_LAST_POLLED_TIMEOUT_SECONDS`,
    shows: 'what is said of a deployment that nobody polls for',
    observe: async (env) => (await silentStatuses(env))[2],
    cases: [
      [null, 'NOT_READY'],
      ['200', 'READY'],
    ],
  },
  {
    variable: `${SERVICES}SCHEDULER_MAX_RUNS`,
    shows: 'how many runs of each minute are planned',
    observe: plannedRuns(60, FEW),
    cases: [
      ['5', 5],
      ['10', 10],
    ],
  },
  {
    variable: `${SERVICES}SCHEDULER_MIN_RUNS`,
    shows: 'how many runs of each day are planned',
    observe: plannedRuns(86_400),
    cases: [
      [null, 3],
      ['7', 7],
    ],
  },
  {
    variable: `${SERVICES}SCHEDULER_MAX_SCHEDULED_TIME`,
    shows: 'how many runs of each hour are planned',
    observe: plannedRuns(3600, MANY),
    cases: [
      ['PT5H', 5],
      ['PT10H', 10],
    ],
  },
  {
    variable: `${SERVICES}SCHEDULER_MIN_SCHEDULED_TIME`,
    shows: 'how many runs of each minute are planned',
    observe: plannedRuns(60, FEW),
    cases: [
      ['PT10M', 11],
      ['PT20M', 21],
    ],
  },
  {
    variable: `${SERVICES}SCHEDULER_DEPLOYMENT_BATCH_SIZE`,
    shows: 'how often deployments are looked for until there are no more than three',
    observe: schedulerStatements('SELECT id FROM deployment'),
    cases: [
      [null, 1],
      ['1', 4],
    ],
  },
  {
    variable: `${SERVICES}SCHEDULER_INSERT_BATCH_SIZE`,
    shows: 'in how many transactions nine runs are written',
    observe: schedulerStatements('SELECT id, updated FROM deployment'),
    cases: [
      [null, 1],
      ['3', 3],
    ],
  },
  {
    variable: `${SERVICES}DB_VACUUM_RETENTION_PERIOD`,
    shows: 'how many of two runs that ended two hours ago are left',
    observe: async (env) => (await vacuumed(env)).left,
    cases: [
      [null, 2],
      ['PT119M', 0],
    ],
  },
  {
    variable: `${SERVICES}DB_VACUUM_BATCH_SIZE`,
    shows: 'how often old runs are looked for until there are no more than two',
    observe: (env) => vacuumed({ [`${SERVICES}DB_VACUUM_RETENTION_PERIOD`]: 'PT119M', ...env }),
    cases: [
      [null, { left: 0, looks: 1 }],
      ['1', { left: 0, looks: 3 }],
    ],
  },
  {
    variable: `${SERVICES}CLEANUP_RECONCILER_BATCH_SIZE`,
    shows: 'how many of two cleanups that nobody did are offered again at a time',
    observe: returned,
    cases: [
      [null, { returned: 2, givenUp: 0 }],
      ['1', { returned: 1, givenUp: 0 }],
    ],
  },
  {
    variable: `${CHANNEL}CLEANUP_MAX_DELIVERY_ATTEMPTS`,
    shows: 'whether cleanups that nobody did are offered again',
    observe: returned,
    cases: [
      [null, { returned: 2, givenUp: 0 }],
      ['1', { returned: 0, givenUp: 2 }],
    ],
  },
  {
    variable: `${CHANNEL}CLEANUP_COMPLETED_IDEMPOTENCY_RETENTION_SECONDS`,
    shows: 'how many cleanups are remembered that were done',
    observe: remembered,
    cases: [
      [null, 1],
      ['0', 0],
    ],
  },
  {
    variable: `${CHANNEL}CLEANUP_LEASE_SECONDS`,
    shows: 'for how many seconds a worker has a cleanup',
    observe: cleanupSeconds,
    cases: [
      [null, 30],
      ['100', 100],
    ],
  },
];

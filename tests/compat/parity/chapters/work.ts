import { need, readBy } from '../call.ts';
import { WORK_POOL, WORK_QUEUE, WORKER } from '../entities.ts';
import {
  type Chapter,
  type Found,
  type GraphqlCall,
  type RestCall,
  type Step,
  at,
  list,
} from '../step.ts';
import { idAs, many, manyBy, one, value } from '../view.ts';

const POOL = WORK_POOL.selection;
const QUEUE = WORK_QUEUE.selection;

const createPool = (name: string): Step => ({
  rest: 'POST /work_pools/',
  graphql: 'createWorkPool',
  call: () => ({
    input: {
      name,
      type: 'process',
      description: 'Where runs wait.',
      concurrencyLimit: 4,
      baseJobTemplate: {
        job_configuration: { command: '{{ command }}' },
        variables: { type: 'object', properties: { command: { type: 'string' } } },
      },
    },
    select: `workPool { ${POOL} }`,
  }),
  compare: one(WORK_POOL, 'workPool'),
  keep: idAs(name),
});

const createQueue = (name: string): Step => ({
  rest: 'POST /work_pools/{work_pool_name}/queues',
  graphql: 'createWorkQueue',
  call: () => {
    const shared = { name, description: 'First come.', priority: 1 };
    return {
      path: { work_pool_name: 'pool' },
      body: { ...shared, concurrency_limit: 2 },
      input: { workPool: { name: 'pool' }, ...shared, concurrencyLimit: 2 },
      select: `workQueue { ${QUEUE} }`,
    };
  },
  compare: one(WORK_QUEUE, 'workQueue'),
  keep: idAs(name),
});

const createOldQueue = (name: string): Step => ({
  rest: 'POST /work_queues/',
  graphql: 'createWorkQueue',
  call: () => ({
    input: { name, description: 'Of old.' },
    select: `workQueue { ${QUEUE} }`,
  }),
  compare: one(WORK_QUEUE, 'workQueue'),
  keep: idAs(name),
});

const queueName = (name: string) => ({ name: { workPool: 'pool', name } });

const readQueue = (rest: string, by: (found: Found) => RestCall & GraphqlCall): Step => ({
  rest,
  graphql: 'workQueue',
  call: (found) => ({ select: QUEUE, ...by(found) }),
  compare: one(WORK_QUEUE),
});

const POOLS = {
  rest: { work_pools: { type: { any_: ['process'] } } },
  graphql: { type: { in: ['process'] } },
};

const pools: readonly Step[] = [
  createPool('pool'),
  createPool('spare-pool'),
  {
    rest: 'PATCH /work_pools/{name}',
    graphql: 'updateWorkPool',
    call: () => ({
      path: { name: 'pool' },
      body: { description: 'Changed.', concurrency_limit: 5 },
      input: { workPool: { name: 'pool' }, description: 'Changed.', concurrencyLimit: 5 },
    }),
  },
  {
    rest: 'GET /work_pools/{name}',
    graphql: 'workPool',
    call: () => ({ path: { name: 'pool' }, args: { by: { name: 'pool' } }, select: POOL }),
    compare: one(WORK_POOL),
  },
  {
    rest: 'POST /work_pools/filter',
    graphql: 'workPools',
    call: () => ({
      body: POOLS.rest,
      args: { filter: POOLS.graphql, first: 5 },
      select: `nodes { ${POOL} }`,
    }),
    compare: many(WORK_POOL),
  },
  {
    rest: 'POST /work_pools/count',
    graphql: 'workPools',
    call: () => ({ body: POOLS.rest, args: { filter: POOLS.graphql }, select: 'totalCount' }),
    compare: value('totalCount'),
  },
];

const queues: readonly Step[] = [
  createQueue('queue'),
  createQueue('spare-queue'),
  createOldQueue('old-queue'),
  createOldQueue('spare-old-queue'),
  {
    rest: 'PATCH /work_pools/{work_pool_name}/queues/{name}',
    graphql: 'updateWorkQueue',
    call: () => ({
      path: { work_pool_name: 'pool', name: 'queue' },
      body: { priority: 2, concurrency_limit: 3 },
      input: { workQueue: queueName('queue'), priority: 2, concurrencyLimit: 3 },
    }),
  },
  {
    rest: 'PATCH /work_queues/{id}',
    graphql: 'updateWorkQueue',
    call: (found) => {
      const id = need(found, 'old-queue');
      const changes = { description: 'Changed.' };
      return { path: { id }, body: changes, input: { workQueue: { id }, ...changes } };
    },
  },
  readQueue('GET /work_pools/{work_pool_name}/queues/{name}', () => ({
    path: { work_pool_name: 'pool', name: 'queue' },
    args: { by: queueName('queue') },
  })),
  readQueue('GET /work_queues/{id}', readBy('queue', QUEUE)),
  readQueue('GET /work_queues/name/{name}', () => ({
    path: { name: 'old-queue' },
    args: { by: { name: { workPool: 'default-agent-pool', name: 'old-queue' } } },
  })),
  {
    rest: 'POST /work_pools/{work_pool_name}/queues/filter',
    graphql: 'workPool',
    call: () => ({
      path: { work_pool_name: 'pool' },
      body: { limit: 10 },
      args: { by: { name: 'pool' } },
      select: `queues(first: 10) { nodes { ${QUEUE} } }`,
    }),
    compare: many(WORK_QUEUE, 'queues.nodes'),
  },
  {
    rest: 'POST /work_queues/filter',
    graphql: 'workQueues',
    call: () => {
      const names = ['queue', 'old-queue', 'spare-queue'];
      return {
        body: { work_queues: { name: { any_: names } } },
        args: { filter: { name: { in: names } }, first: 10 },
        select: `nodes { ${QUEUE} }`,
      };
    },
    compare: manyBy('name', many(WORK_QUEUE)),
  },
  {
    rest: 'DELETE /work_pools/{work_pool_name}/queues/{name}',
    graphql: 'deleteWorkQueue',
    call: () => ({
      path: { work_pool_name: 'pool', name: 'spare-queue' },
      input: { workQueue: queueName('spare-queue') },
    }),
  },
  {
    rest: 'DELETE /work_queues/{id}',
    graphql: 'deleteWorkQueue',
    call: (found) => {
      const id = need(found, 'spare-old-queue');
      return { path: { id }, input: { workQueue: { id } } };
    },
  },
];

const heartbeat = (name: string): Step => ({
  rest: 'POST /work_pools/{work_pool_name}/workers/heartbeat',
  graphql: 'workerHeartbeat',
  call: () => ({
    path: { work_pool_name: 'pool' },
    body: { name, heartbeat_interval_seconds: 20 },
    input: { workPoolName: 'pool', name, heartbeatIntervalSeconds: 20 },
  }),
});

const workers: readonly Step[] = [
  heartbeat('worker'),
  heartbeat('worker'),
  heartbeat('spare-worker'),
  {
    rest: 'POST /work_pools/{work_pool_name}/workers/filter',
    graphql: 'workPool',
    call: () => ({
      path: { work_pool_name: 'pool' },
      body: { limit: 10 },
      args: { by: { name: 'pool' } },
      select: `workers(first: 10) { nodes { ${WORKER.selection} } }`,
    }),
    compare: many(WORKER, 'workers.nodes'),
  },
  {
    rest: 'DELETE /work_pools/{work_pool_name}/workers/{name}',
    graphql: 'deleteWorker',
    call: () => ({
      path: { work_pool_name: 'pool', name: 'spare-worker' },
      input: { workPoolName: 'pool', name: 'spare-worker' },
    }),
  },
  {
    rest: 'DELETE /work_pools/{name}',
    graphql: 'deleteWorkPool',
    call: () => ({
      path: { name: 'spare-pool' },
      input: { workPool: { name: 'spare-pool' } },
    }),
  },
];

export const work: Chapter = {
  name: 'work pools, queues and workers',
  steps: [...pools, ...queues, ...workers],
};

const holders = (runs: unknown): unknown =>
  list(runs)
    .map((run) => String(at(run, 'id')))
    .toSorted();

/** How slots are held and queues are doing, once there are runs. */
export const workStatus: Chapter = {
  name: 'slots and health of work',
  steps: [
    {
      rest: 'POST /work_pools/{name}/concurrency_status',
      graphql: 'workPool',
      call: () => ({
        path: { name: 'pool' },
        body: {},
        args: { by: { name: 'pool' } },
        select: 'concurrencyStatus { activeSlots limit flowRuns(first: 10) { nodes { id } } }',
      }),
      compare: {
        rest: (answer) => ({
          active: at(answer, 'active_slots'),
          limit: at(answer, 'concurrency_limit'),
          runs: holders(list(at(answer, 'queues')).flatMap((queue) => at(queue, 'flow_runs'))),
        }),
        graphql: (answer) => ({
          active: at(answer, 'concurrencyStatus.activeSlots'),
          limit: at(answer, 'concurrencyStatus.limit'),
          runs: holders(at(answer, 'concurrencyStatus.flowRuns.nodes')),
        }),
      },
    },
    {
      rest: 'POST /work_queues/{id}/concurrency_status',
      graphql: 'workQueue',
      call: (found) => {
        const id = need(found, 'queue');
        return {
          path: { id },
          body: {},
          args: { by: { id } },
          select: 'concurrencyStatus { activeSlots limit flowRuns(first: 10) { nodes { id } } }',
        };
      },
      compare: {
        rest: (answer) => ({
          active: at(answer, 'active_slots'),
          limit: at(answer, 'concurrency_limit'),
          runs: holders(at(answer, 'flow_runs')),
        }),
        graphql: (answer) => ({
          active: at(answer, 'concurrencyStatus.activeSlots'),
          limit: at(answer, 'concurrencyStatus.limit'),
          runs: holders(at(answer, 'concurrencyStatus.flowRuns.nodes')),
        }),
      },
    },
    {
      rest: 'GET /work_queues/{id}/status',
      graphql: 'workQueue',
      call: readBy(
        'queue',
        'health { healthy lateRunsCount lastPolled maximumLateRuns maximumSecondsSinceLastPolled }',
      ),
      compare: {
        rest: (answer) => [
          at(answer, 'healthy'),
          at(answer, 'late_runs_count'),
          at(answer, 'last_polled'),
          at(answer, 'health_check_policy.maximum_late_runs'),
          at(answer, 'health_check_policy.maximum_seconds_since_last_polled'),
        ],
        graphql: (answer) => [
          at(answer, 'health.healthy'),
          at(answer, 'health.lateRunsCount'),
          at(answer, 'health.lastPolled'),
          at(answer, 'health.maximumLateRuns'),
          at(answer, 'health.maximumSecondsSinceLastPolled'),
        ],
      },
    },
  ],
};

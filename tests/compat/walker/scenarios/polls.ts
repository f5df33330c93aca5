import type { JsonObject } from '#server/json.ts';

import {
  CANCELLED,
  CANCELLING,
  COMPLETED,
  PENDING,
  RUNNING,
  type Scenario,
  type Step,
  after,
  inOrder,
  patch,
  post,
  remove,
  scheduled,
  see,
} from './step.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** What a server does after its answer to a poll. */
const SETTLING_SECONDS = 0.5;

const flow = (name: string): Step => post('/flows/', { name }, `${name}-flow`);

const pool = (name: string, fields: JsonObject = {}): Step =>
  post('/work_pools/', { name, type: 'process', ...fields });

const queue = (story: string, name: string, fields: JsonObject = {}): Step =>
  post(`/work_pools/${story}/queues`, { name, ...fields }, `${story}-queue`);

const deployment = (story: string, name: string, fields: JsonObject = {}): Step =>
  post('/deployments/', { name, flow_id: `{{${story}-flow:0}}`, ...fields }, `${story}-${name}`);

const start = (story: string, name: string, fields: JsonObject): Step =>
  post(`/deployments/{{${story}-${name}:0}}/create_flow_run`, fields, `${story}-run`);

const at = (seconds: number): JsonObject => ({
  state: scheduled('Scheduled', `2020-01-01T00:00:${String(seconds).padStart(2, '0')}Z`),
});

const setState = (story: string, index: number, state: JsonObject): Step =>
  post(`/flow_runs/{{${story}-run:${index}}}/set_state`, { state, force: true });

const poll = (story: string, body: JsonObject = {}): Step =>
  inOrder(post(`/work_pools/${story}/get_scheduled_flow_runs`, body));

const looks = (story: string): readonly Step[] => [
  see(`/work_pools/${story}`),
  inOrder(post(`/work_pools/${story}/queues/filter`)),
];

const later = (steps: readonly Step[]): readonly Step[] => {
  const [first, ...rest] = steps;
  return first === undefined ? [] : [after(SETTLING_SECONDS, first), ...rest];
};

const changePool = (story: string, fields: JsonObject): readonly Step[] => [
  patch(`/work_pools/${story}`, fields),
  poll(story),
  see(`/work_pools/${story}`),
];

const changeQueue = (story: string, name: string, fields: JsonObject): readonly Step[] => [
  patch(`/work_pools/${story}/queues/${name}`, fields),
  poll(story),
  ...looks(story).slice(1),
];

/** Queues one before the other, and runs in each of them from the top. */
const offered: Scenario = {
  name: 'which runs polls of a pool are given',
  steps: [
    flow('offer'),
    pool('offer'),
    queue('offer', 'offer-a', { priority: 1 }),
    queue('offer', 'offer-b', { priority: 2 }),
    ...looks('offer'),
    deployment('offer', 'a', { work_pool_name: 'offer', work_queue_name: 'offer-a' }),
    deployment('offer', 'b', { work_pool_name: 'offer', work_queue_name: 'offer-b' }),
    deployment('offer', 'c', { work_pool_name: 'offer' }),
    deployment('offer', 'd', {}),
    ...[3, 1, 2].map((seconds, index) =>
      start('offer', 'a', { name: `a${index}`, ...at(seconds) }),
    ),
    ...[4, 0, 6].map((seconds, index) =>
      start('offer', 'b', { name: `b${index}`, ...at(seconds) }),
    ),
    ...[5, 7].map((seconds, index) => start('offer', 'c', { name: `c${index}`, ...at(seconds) })),
    start('offer', 'c', { name: 'c2', ...at(8), work_queue_name: 'offer-b' }),
    start('offer', 'd', { name: 'd0', ...at(9) }),
    start('offer', 'd', { name: 'd1', ...at(10), work_queue_name: 'offer-b' }),
    poll('offer'),
    ...later(looks('offer')),
    poll('offer', { limit: 4 }),
    poll('offer', { limit: 0 }),
    poll('offer', { limit: 201 }),
    poll('offer', { limit: -1 }),
    poll('offer', { limit: null }),
    poll('offer', { work_queue_names: [] }),
    poll('offer', { work_queue_names: ['offer-b', 'offer-a', 'offer-b'] }),
    poll('offer', { work_queue_names: ['offer-b', 'nowhere'] }),
    poll('offer', { work_queue_names: null }),
    poll('offer', { work_queue_names: 'offer-a' }),
    poll('offer', { scheduled_before: '2020-01-01T00:00:03Z' }),
    poll('offer', { scheduled_before: '2020-01-01T01:00:03+01:00', limit: 2 }),
    poll('offer', { scheduled_after: '2020-01-01T00:00:03Z' }),
    poll('offer', {
      scheduled_after: '2020-01-01T00:00:03Z',
      scheduled_before: '2020-01-01T00:00:05Z',
    }),
    poll('offer', { scheduled_before: 'tomorrow' }),
    poll('nowhere'),
    ...changePool('offer', { concurrency_limit: 3 }),
    setState('offer', 1, PENDING),
    poll('offer'),
    setState('offer', 3, RUNNING),
    poll('offer'),
    setState('offer', 3, CANCELLING),
    poll('offer'),
    ...looks('offer'),
    setState('offer', 3, CANCELLED),
    ...changePool('offer', { concurrency_limit: 0 }),
    ...changePool('offer', { concurrency_limit: null }),
    ...changePool('offer', { concurrency_limit: -1 }),
    ...changePool('offer', { is_paused: true }),
    ...changePool('offer', { is_paused: false }),
    ...changeQueue('offer', 'offer-a', { concurrency_limit: 2 }),
    ...changeQueue('offer', 'offer-a', { concurrency_limit: 1 }),
    ...changeQueue('offer', 'offer-a', { concurrency_limit: 0 }),
    ...changeQueue('offer', 'offer-a', { concurrency_limit: null }),
    ...changeQueue('offer', 'offer-a', { priority: 3 }),
    ...changeQueue('offer', 'offer-b', { priority: 1 }),
    ...changeQueue('offer', 'offer-b', { is_paused: true }),
    ...changeQueue('offer', 'offer-b', { is_paused: false }),
    ...changeQueue('offer', 'offer-b', { priority: 0 }),
    ...changeQueue('offer', 'offer-b', { name: 'offer-z' }),
    see('/deployments/{{offer-b:0}}'),
    start('offer', 'b', { name: 'b9', ...at(20) }),
    poll('offer', { work_queue_names: ['offer-z'] }),
    setState('offer', 1, COMPLETED),
    poll('offer'),
    remove('/work_pools/offer/queues/offer-a'),
    remove('/work_pools/offer/queues/offer-a'),
    poll('offer'),
    see('/deployments/{{offer-a:0}}'),
    see('/flow_runs/{{offer-run:0}}'),
    patch('/deployments/{{offer-b:0}}', { work_pool_name: null }),
    see('/deployments/{{offer-b:0}}'),
    start('offer', 'b', { name: 'b10', ...at(30) }),
    remove('/work_pools/offer'),
    poll('offer'),
    see('/deployments/{{offer-b:0}}'),
    see('/deployments/{{offer-c:0}}'),
    see('/flow_runs/{{offer-run:4}}'),
  ],
};

const served: Scenario = {
  name: 'which runs who serves deployments or a queue is given',
  steps: [
    flow('serve'),
    pool('serve', { concurrency_limit: 1 }),
    queue('serve', 'serve-q', { concurrency_limit: 2 }),
    deployment('serve', 'x', { work_pool_name: 'serve', work_queue_name: 'serve-q' }),
    deployment('serve', 'y', {}),
    ...[1, 3, 5].map((seconds, index) =>
      start('serve', 'x', { name: `x${index}`, ...at(seconds) }),
    ),
    ...[2, 4].map((seconds, index) => start('serve', 'y', { name: `y${index}`, ...at(seconds) })),
    start('serve', 'x', {
      name: 'own',
      ...at(6),
      empirical_policy: { retry_type: 'in_process' },
    }),
    ...(
      [
        { deployment_ids: ['{{serve-x:0}}', '{{serve-y:0}}'] },
        { deployment_ids: ['{{serve-y:0}}', '{{serve-y:0}}'], limit: 1 },
        { deployment_ids: ['{{serve-x:0}}'], scheduled_before: '2020-01-01T00:00:03Z' },
        { deployment_ids: ['{{serve-x:0}}'], limit: 0 },
        { deployment_ids: [UNKNOWN] },
        { deployment_ids: [] },
        { deployment_ids: ['x'] },
        { deployment_ids: null },
        { deployment_ids: ['{{serve-x:0}}'], scheduled_before: 'x' },
        {},
      ] as const
    ).map((body) => inOrder(post('/deployments/get_scheduled_flow_runs', body))),
    ...later([see('/deployments/{{serve-x:0}}')]),
    see('/deployments/{{serve-y:0}}'),
    ...(
      [
        {},
        { limit: 1 },
        { limit: 0 },
        { scheduled_before: '2020-01-01T00:00:03Z' },
        { scheduled_before: 'x' },
        { limit: 'x' },
      ] as const
    ).map((body) => inOrder(post('/work_queues/{{serve-queue:0}}/get_runs', body))),
    post(`/work_queues/${UNKNOWN}/get_runs`, {}),
    ...later([see('/work_queues/{{serve-queue:0}}/status')]),
    see(`/work_queues/${UNKNOWN}/status`),
    see('/work_queues/{{serve-queue:0}}'),
    setState('serve', 0, PENDING),
    inOrder(post('/work_queues/{{serve-queue:0}}/get_runs', {})),
    setState('serve', 1, CANCELLING),
    inOrder(post('/work_queues/{{serve-queue:0}}/get_runs', {})),
    post('/work_queues/{{serve-queue:0}}/concurrency_status', {}),
    post('/work_pools/serve/concurrency_status', {}),
    post('/work_pools/serve/concurrency_status', { page: 2, limit: 1, flow_run_limit: 0 }),
    post('/work_pools/serve/concurrency_status', { page: 0 }),
    post('/work_pools/nowhere/concurrency_status', {}),
    post(`/work_queues/${UNKNOWN}/concurrency_status`, {}),
    setState('serve', 2, scheduled('Late', '2020-01-01T00:00:05Z')),
    see('/work_queues/{{serve-queue:0}}/status'),
    patch('/work_queues/{{serve-queue:0}}', { is_paused: true }),
    post('/work_queues/{{serve-queue:0}}/get_runs', {}),
    ...later(looks('serve')),
    patch('/work_queues/{{serve-queue:0}}', { is_paused: false, concurrency_limit: null }),
    inOrder(post('/work_queues/{{serve-queue:0}}/get_runs', {})),
    ...looks('serve'),
  ],
};

const beat = (body: JsonObject, name = 'beat'): Step =>
  post(`/work_pools/${name}/workers/heartbeat`, body);

const workers: Scenario = {
  name: 'workers, and what their pools and queues are because of them',
  steps: [
    pool('beat'),
    see('/work_pools/beat'),
    beat({ name: 'w1' }),
    ...looks('beat'),
    beat({ name: 'w2', heartbeat_interval_seconds: 1 }),
    beat({ name: 'w2' }),
    beat({ name: 'w3', heartbeat_interval_seconds: 0 }),
    beat({ name: 'w4', heartbeat_interval_seconds: -1 }),
    beat({ name: 'w5', heartbeat_interval_seconds: 1.5 }),
    beat({ name: 'w5', heartbeat_interval_seconds: 'x' }),
    beat({ name: '' }),
    beat({ name: null }),
    beat({}),
    beat({ name: 'w1' }, 'nowhere'),
    ...(
      [
        {},
        { workers: {} },
        { workers: { status: { any_: ['ONLINE'] } } },
        { workers: { status: { any_: ['OFFLINE'] } } },
        { workers: { status: { not_any_: ['ONLINE'] } } },
        { workers: { status: { any_: ['AWAY'] } } },
        { workers: { last_heartbeat_time: { before_: '2020-01-01T00:00:00Z' } } },
        { workers: { last_heartbeat_time: { after_: '2020-01-01T00:00:00Z' } } },
        { limit: 0 },
        { limit: -1 },
        { offset: 100 },
      ] as const
    ).map((body) => post('/work_pools/beat/workers/filter', body)),
    post('/work_pools/nowhere/workers/filter', {}),
    patch('/work_pools/beat', { is_paused: true }),
    beat({ name: 'w1' }),
    see('/work_pools/beat'),
    patch('/work_pools/beat', { is_paused: false }),
    see('/work_pools/beat'),
    remove('/work_pools/beat/workers/w1'),
    remove('/work_pools/beat/workers/w1'),
    remove('/work_pools/nowhere/workers/w1'),
    post('/work_pools/beat/workers/filter', {}),
    see('/work_pools/beat'),
    poll('beat'),
    ...later(looks('beat')),
    post('/work_pools/', { name: 'beat-agents', type: 'prefect-agent' }),
    beat({ name: 'w1' }, 'beat-agents'),
    ...looks('beat-agents'),
    poll('beat-agents'),
    ...later(looks('beat-agents')),
    post('/work_pools/', { name: 'beat-asleep', type: 'process', is_paused: true }),
    beat({ name: 'w1' }, 'beat-asleep'),
    poll('beat-asleep'),
    ...later(looks('beat-asleep')),
    patch('/work_pools/beat-asleep', { is_paused: false }),
    ...looks('beat-asleep'),
  ],
};

const pools: Scenario = {
  name: 'making, changing and removing pools and queues',
  steps: [
    pool('place', { description: 'd', concurrency_limit: 4 }),
    pool('place'),
    pool('Prefect-place'),
    ...['a/b', 'a%b', 'a&b', 'a>b', '', ' ', 'Ünï'].map((name) => pool(name)),
    post('/work_pools/', { name: 'place-bare' }),
    see('/work_pools/place-bare'),
    pool('place-bad', { base_job_template: { variables: {} } }),
    pool('place-bad', {
      base_job_template: { job_configuration: { a: '{{ b }}' }, variables: { properties: {} } },
    }),
    pool('place-job', {
      base_job_template: {
        job_configuration: { a: '{{ b }}' },
        variables: { properties: { b: { type: 'integer', default: 3 } } },
      },
    }),
    patch('/work_pools/place-job', { base_job_template: {} }),
    patch('/work_pools/place-job', { base_job_template: { variables: {} } }),
    patch('/work_pools/place-job', { description: null }),
    patch('/work_pools/place-job', { name: 'other' }),
    patch('/work_pools/place-job', { type: 'docker' }),
    patch('/work_pools/nowhere', { description: 'x' }),
    patch('/work_pools/prefect-x', { description: 'x' }),
    remove('/work_pools/prefect-x'),
    see('/work_pools/place-job'),
    post('/work_pools/filter', { work_pools: { name: { any_: ['place', 'place-job'] } } }),
    post('/work_pools/filter', { work_pools: { type: { any_: ['docker'] } } }),
    post('/work_pools/count', { work_pools: { name: { any_: ['place', 'nowhere'] } } }),
    queue('place', 'p1'),
    queue('place', 'p2', { priority: 1 }),
    queue('place', 'p3', { priority: 1 }),
    queue('place', 'p4', { priority: 9 }),
    queue('place', 'p5'),
    queue('place', 'p6', { priority: 0 }),
    queue('place', 'p1'),
    queue('place', 'a/b'),
    queue('place', 'p7', { concurrency_limit: -1 }),
    queue('place', 'p8', { concurrency_limit: 0, description: 'none', is_paused: true }),
    queue('nowhere', 'p1'),
    ...looks('place'),
    ...[1, 2, 3, 9, 20].flatMap((priority) => [
      patch('/work_pools/place/queues/p1', { priority }),
      inOrder(post('/work_pools/place/queues/filter')),
    ]),
    patch('/work_pools/place/queues/p1', { name: 'p2' }),
    patch('/work_pools/place/queues/p1', { concurrency_limit: null, description: 'x' }),
    patch('/work_pools/place/queues/p1', { last_polled: '2020-01-01T00:00:00Z' }),
    patch('/work_pools/place/queues/nowhere', { priority: 1 }),
    see('/work_pools/place/queues/p1'),
    see('/work_pools/place/queues/nowhere'),
    see('/work_pools/nowhere/queues/p1'),
    inOrder(post('/work_pools/place/queues/filter', { limit: 2, offset: 1 })),
    inOrder(
      post('/work_pools/place/queues/filter', { work_queues: { name: { startswith_: ['p'] } } }),
    ),
    inOrder(post('/work_queues/filter', { work_queues: { name: { any_: ['p1', 'p2'] } } })),
    remove('/work_pools/place/queues/p2'),
    inOrder(post('/work_pools/place/queues/filter')),
    post('/work_queues/', { name: 'agent-q', concurrency_limit: 2 }, 'agent-queue'),
    post('/work_queues/', { name: 'agent-q' }),
    see('/work_queues/name/agent-q'),
    see('/work_queues/name/nowhere'),
    see('/work_pools/default-agent-pool'),
    patch('/work_queues/{{agent-queue:0}}', { name: 'agent-z', description: 'z' }),
    see('/work_queues/{{agent-queue:0}}'),
    remove('/work_queues/{{agent-queue:0}}'),
    remove('/work_queues/{{agent-queue:0}}'),
    remove('/work_pools/place'),
    remove('/work_pools/place'),
    see('/work_pools/place'),
  ],
};

/** What workers and their pools do and are told. */
export const POLLS: readonly Scenario[] = [offered, served, workers, pools];

import type { JsonObject } from '#server/json.ts';

import { type Scenario, type Step, after, inOrder, patch, post, see } from './step.ts';

const deployment = (name: string, fields: JsonObject = {}): Step =>
  post('/deployments/', { name, flow_id: '{{hush-flow:0}}', ...fields }, 'hush');

const beat = (pool: string, body: JsonObject): Step =>
  post(`/work_pools/${pool}/workers/heartbeat`, body);

const LOOKS: readonly Step[] = [
  see('/work_pools/hush'),
  see('/work_pools/hush-kept'),
  see('/work_pools/hush-agents'),
  see('/work_pools/hush-paused'),
  inOrder(post('/work_pools/hush/queues/filter')),
  inOrder(post('/work_pools/hush-kept/queues/filter')),
  inOrder(post('/work_pools/hush-agents/queues/filter')),
  inOrder(post('/work_pools/hush-paused/queues/filter')),
  post('/work_pools/hush/workers/filter', {}),
  post('/work_pools/hush-kept/workers/filter', {}),
  post('/work_pools/hush-kept/workers/filter', { workers: { status: { any_: ['OFFLINE'] } } }),
  ...[0, 1, 2].map((index) => see(`/deployments/{{hush:${index}}}`)),
];

const later = (seconds: number): readonly Step[] =>
  LOOKS.map((step, index) => (index === 0 ? after(seconds, step) : step));

const HEARD: readonly Step[] = [
  beat('hush', { name: 'w' }),
  beat('hush-kept', { name: 'w', heartbeat_interval_seconds: 300 }),
  beat('hush-kept', { name: 'x', heartbeat_interval_seconds: 4 }),
  beat('hush-agents', { name: 'w' }),
  beat('hush-paused', { name: 'w' }),
  post('/work_pools/hush/get_scheduled_flow_runs', { work_queue_names: ['default', 'hush-q'] }),
  post('/work_pools/hush-kept/get_scheduled_flow_runs', {}),
  post('/work_pools/hush-agents/get_scheduled_flow_runs', {}),
  post('/work_pools/hush-paused/get_scheduled_flow_runs', {}),
  post('/deployments/get_scheduled_flow_runs', { deployment_ids: ['{{hush:2}}'] }),
];

const eventsOf = (prefix: string): Step =>
  post('/events/filter', { filter: { event: { prefix: [prefix] } }, limit: 50 });

/** What falls silent counts as not ready, for servers whose foreman is quick and expects signs of life every few seconds. */
export const SILENCE: Scenario = {
  name: 'workers, queues and deployments that fall silent and come back',
  steps: [
    post('/flows/', { name: 'hush' }, 'hush-flow'),
    post('/work_pools/', { name: 'hush', type: 'process' }),
    post('/work_pools/', { name: 'hush-kept', type: 'process' }),
    post('/work_pools/', { name: 'hush-agents', type: 'prefect-agent' }),
    post('/work_pools/', { name: 'hush-paused', type: 'process', is_paused: true }),
    post('/work_pools/hush/queues', { name: 'hush-q' }),
    post('/work_pools/hush/queues', { name: 'hush-other' }),
    deployment('pooled', { work_pool_name: 'hush', work_queue_name: 'hush-q' }),
    deployment('kept', { work_pool_name: 'hush-kept' }),
    deployment('served'),
    ...later(3),
    ...HEARD,
    ...later(1),
    ...later(16),
    patch('/work_pools/hush', { is_paused: true }),
    patch('/work_pools/hush/queues/hush-q', { is_paused: true }),
    patch('/work_pools/hush-paused', { is_paused: false }),
    ...LOOKS,
    ...HEARD,
    ...later(1),
    patch('/work_pools/hush', { is_paused: false }),
    patch('/work_pools/hush/queues/hush-q', { is_paused: false }),
    ...LOOKS,
    ...later(16),
    after(3, eventsOf('prefect.work-pool.')),
    eventsOf('prefect.work-queue.'),
    eventsOf('prefect.deployment.'),
  ],
};

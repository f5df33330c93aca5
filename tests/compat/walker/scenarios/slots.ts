import type { JsonObject } from '#server/json.ts';

import {
  COMPLETED,
  PENDING,
  RUNNING,
  type Scenario,
  type Step,
  inOrder,
  patch,
  post,
  proposeTask,
  remove,
  see,
} from './step.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const HOLDERS = [1, 2, 3].map((number) => `00000000-0000-4000-8000-00000000000${number}`);
const [FIRST = '', SECOND = '', THIRD = ''] = HOLDERS;

const V2 = '/v2/concurrency_limits';
const V1 = '/concurrency_limits';

const limit = (name: string, size: number, fields: JsonObject = {}): Step =>
  post(`${V2}/`, { name, limit: size, ...fields }, name);

const take = (names: readonly string[], fields: JsonObject = {}): Step =>
  post(`${V2}/increment`, { names, slots: 1, ...fields });

const lease = (names: readonly string[], kind: string, fields: JsonObject = {}): Step =>
  post(`${V2}/increment-with-lease`, { names, slots: 1, ...fields }, kind);

const give = (names: readonly string[], fields: JsonObject = {}): Step =>
  post(`${V2}/decrement`, { names, slots: 1, ...fields });

const look = (name: string): Step => see(`${V2}/${name}`);
const list = inOrder(post(`${V2}/filter`, {}));

const slots: Scenario = {
  name: 'slots of limits, taken and given back',
  steps: [
    limit('sl-a', 3),
    limit('sl-a', 3),
    limit('sl-b', 1),
    limit('sl-off', 2, { active: false }),
    limit('sl-none', 0),
    limit('sl-neg', -1),
    limit('sl-big', 5, { active_slots: 4, denied_slots: 2 }),
    limit('sl-over', 2, { active_slots: 9 }),
    limit('', 2),
    limit('a/b', 2),
    post(`${V2}/`, { name: 'sl-x' }),
    post(`${V2}/`, { name: 'sl-x', limit: 'many' }),
    post(`${V2}/`, { name: 'sl-x', limit: 1, slot_decay_per_second: -1 }),
    post(`${V2}/`, { name: 'sl-x', limit: 1, active_slots: -1 }),
    list,
    take(['sl-a']),
    take(['sl-a'], { slots: 2 }),
    take(['sl-a']),
    look('sl-a'),
    take(['sl-a'], { slots: 4 }),
    take(['sl-a'], { slots: 0 }),
    take(['sl-a'], { slots: -1 }),
    take([]),
    take(['sl-nowhere']),
    take(['sl-nowhere', 'sl-b']),
    take(['sl-b', 'sl-b']),
    look('sl-b'),
    take(['sl-off']),
    take(['sl-off'], { slots: 9 }),
    look('sl-off'),
    take(['sl-none']),
    take(['sl-none'], { mode: 'rate_limit' }),
    take(['sl-a'], { mode: 'rate_limit' }),
    take(['sl-a'], { mode: 'strange' }),
    take(['sl-a'], { create_if_missing: true }),
    take(['sl-new'], { create_if_missing: true }),
    take(['sl-big']),
    take(['sl-big']),
    look('sl-big'),
    take(['sl-over']),
    give(['sl-over']),
    look('sl-over'),
    give(['sl-a'], { slots: 2, occupancy_seconds: 3 }),
    look('sl-a'),
    give(['sl-a'], { slots: 9 }),
    look('sl-a'),
    give(['sl-a'], { occupancy_seconds: 0 }),
    give(['sl-a'], { slots: 0 }),
    give([]),
    give(['sl-nowhere']),
    give(['sl-off', 'sl-b', 'sl-nowhere']),
    give(['sl-none']),
    look('sl-b'),
    patch(`${V2}/sl-a`, { limit: 1 }),
    patch(`${V2}/sl-a`, { active_slots: 1 }),
    take(['sl-a']),
    patch(`${V2}/sl-a`, { active: false }),
    take(['sl-a']),
    look('sl-a'),
    patch(`${V2}/sl-a`, { active: true, active_slots: 0, denied_slots: 0 }),
    take(['sl-a', 'sl-b']),
    take(['sl-b', 'sl-big']),
    look('sl-a'),
    look('sl-big'),
    patch(`${V2}/sl-a`, { name: 'sl-z' }),
    look('sl-a'),
    look('sl-z'),
    patch(`${V2}/sl-z`, { name: 'sl-b' }),
    patch(`${V2}/sl-z`, { limit: -1 }),
    patch(`${V2}/sl-z`, { slot_decay_per_second: -0.5 }),
    patch(`${V2}/sl-z`, {}),
    patch(`${V2}/nowhere`, { limit: 1 }),
    look('nowhere'),
    look(NOBODY),
    list,
    inOrder(post(`${V2}/filter`, { limit: 2, offset: 1 })),
    post(`${V2}/filter`, { limit: -1 }),
    remove(`${V2}/sl-z`),
    remove(`${V2}/sl-z`),
    remove(`${V2}/${NOBODY}`),
    remove(`${V2}/{{sl-b:0}}`),
    list,
  ],
};

const leases: Scenario = {
  name: 'leases of slots, renewed and given back',
  steps: [
    limit('le-a', 2),
    limit('le-b', 1),
    lease(['le-a'], 'le-1', { holder: { type: 'flow_run', id: FIRST } }),
    lease(['le-a', 'le-b'], 'le-2', { holder: { type: 'task_run', id: SECOND } }),
    lease(['le-a'], 'le-3'),
    lease(['le-b'], 'le-3'),
    look('le-a'),
    look('le-b'),
    lease(['le-a'], 'le-x', { lease_duration: 59 }),
    lease(['le-a'], 'le-x', { lease_duration: 86_401 }),
    lease(['le-a'], 'le-x', { holder: { type: 'nobody', id: FIRST } }),
    lease(['le-a'], 'le-x', { holder: { type: 'flow_run', id: 'x' } }),
    lease(['le-a'], 'le-x', { holder: { type: 'flow_run' } }),
    lease(['le-a'], 'le-x', { slots: 3 }),
    lease([], 'le-x'),
    lease(['le-nowhere'], 'le-4'),
    post(`${V2}/leases/{{le-1:0}}/renew`, { lease_duration: 120 }),
    post(`${V2}/leases/{{le-1:0}}/renew`, {}),
    post(`${V2}/leases/{{le-1:0}}/renew`, { lease_duration: 1 }),
    post(`${V2}/leases/{{le-4:0}}/renew`, {}),
    post(`${V2}/leases/${NOBODY}/renew`, {}),
    post(`${V2}/leases/x/renew`, {}),
    post(`${V2}/decrement-with-lease`, { lease_id: '{{le-2:0}}' }),
    look('le-a'),
    look('le-b'),
    post(`${V2}/decrement-with-lease`, { lease_id: '{{le-2:0}}' }),
    post(`${V2}/decrement-with-lease`, { lease_id: NOBODY }),
    post(`${V2}/decrement-with-lease`, { lease_id: 'x' }),
    post(`${V2}/decrement-with-lease`, {}),
    look('le-a'),
    post(`${V2}/leases/{{le-2:0}}/renew`, {}),
    lease(['le-a'], 'le-5', { mode: 'rate_limit' }),
    lease(['le-b'], 'le-6', { slots: 1, lease_duration: 60 }),
    remove(`${V2}/le-b`),
    post(`${V2}/leases/{{le-6:0}}/renew`, {}),
    post(`${V2}/decrement-with-lease`, { lease_id: '{{le-1:0}}' }),
    look('le-a'),
  ],
};

/** So slow that nothing of it is seen within a test but that a slot is no longer whole. */
const SLOW = { slot_decay_per_second: 0.000_01 } as const;

const rates: Scenario = {
  name: 'limits whose slots free themselves',
  steps: [
    limit('ra-a', 3, SLOW),
    limit('ra-b', 2),
    take(['ra-a'], { mode: 'rate_limit' }),
    take(['ra-a'], { mode: 'rate_limit', slots: 2 }),
    look('ra-a'),
    take(['ra-a'], { mode: 'rate_limit' }),
    take(['ra-a', 'ra-b'], { mode: 'rate_limit' }),
    take(['ra-a'], { mode: 'rate_limit', slots: 4 }),
    take(['ra-a']),
    give(['ra-a']),
    look('ra-a'),
    lease(['ra-a'], 'ra-1'),
    look('ra-a'),
    post(`${V2}/decrement-with-lease`, { lease_id: '{{ra-1:0}}' }),
    look('ra-a'),
    patch(`${V2}/ra-a`, { slot_decay_per_second: 0 }),
    look('ra-a'),
    take(['ra-a'], { mode: 'rate_limit' }),
    patch(`${V2}/ra-b`, { slot_decay_per_second: 1000 }),
    take(['ra-b'], { mode: 'rate_limit', slots: 2 }),
    take(['ra-b'], { mode: 'rate_limit', slots: 2 }),
    remove(`${V2}/ra-a`),
    remove(`${V2}/ra-b`),
  ],
};

const tag = (name: string, size: number): Step =>
  post(`${V1}/`, { tag: name, concurrency_limit: size }, name);

const takeTag = (names: readonly string[], id: string): Step =>
  post(`${V1}/increment`, { names, task_run_id: id });

const giveTag = (names: readonly string[], id: string): Step =>
  post(`${V1}/decrement`, { names, task_run_id: id });

const lookTag = (name: string): Step => see(`${V1}/tag/${name}`);

const taskRun = (name: string, tags: readonly string[]): Step =>
  post(
    '/task_runs/',
    { flow_run_id: '{{tg-run:0}}', task_key: name, dynamic_key: '0', name, tags },
    name,
  );

const tags: Scenario = {
  name: 'limits of tags',
  steps: [
    tag('tg-a', 2),
    tag('tg-a', 3),
    tag('tg-b', 1),
    tag('tg-zero', 0),
    tag('', 1),
    tag('tg-neg', -1),
    post(`${V1}/`, { tag: 'tg-x' }),
    see(`${V1}/{{tg-a:0}}`),
    see(`${V1}/${NOBODY}`),
    lookTag('tg-a'),
    lookTag('tg-nowhere'),
    look('tag:tg-a'),
    takeTag(['tg-a'], FIRST),
    takeTag(['tg-a', 'tg-b'], SECOND),
    takeTag(['tg-b'], THIRD),
    takeTag(['tg-a', 'tg-b'], THIRD),
    takeTag(['tg-zero'], THIRD),
    takeTag(['tg-a', 'tg-zero'], THIRD),
    takeTag(['tg-nowhere'], THIRD),
    takeTag([], THIRD),
    takeTag(['tg-a'], 'x'),
    lookTag('tg-a'),
    lookTag('tg-b'),
    look('tag:tg-a'),
    inOrder(post(`${V1}/filter`, {})),
    giveTag(['tg-b'], SECOND),
    lookTag('tg-a'),
    lookTag('tg-b'),
    giveTag(['tg-a'], THIRD),
    giveTag(['tg-nowhere'], THIRD),
    giveTag([], THIRD),
    post(`${V1}/tag/tg-a/reset`, {}),
    lookTag('tg-a'),
    post(`${V1}/tag/tg-b/reset`, { slot_override: [THIRD] }),
    lookTag('tg-b'),
    takeTag(['tg-b'], FIRST),
    post(`${V1}/tag/tg-b/reset`, { slot_override: ['x'] }),
    post(`${V1}/tag/tg-b/reset`, { slot_override: null }),
    lookTag('tg-b'),
    post(`${V1}/tag/tg-nowhere/reset`, {}),
    tag('tg-c', 1),
    post('/flows/', { name: 'tg' }, 'tg-flow'),
    post('/flow_runs/', { flow_id: '{{tg-flow:0}}', name: 'tg', state: RUNNING }, 'tg-run'),
    taskRun('tg-1', ['tg-c']),
    taskRun('tg-2', ['tg-c', 'free']),
    taskRun('tg-3', ['tg-zero']),
    taskRun('tg-4', ['free']),
    ...proposeTask('tg-1', PENDING),
    ...proposeTask('tg-1', RUNNING),
    ...proposeTask('tg-2', PENDING),
    ...proposeTask('tg-2', RUNNING),
    lookTag('tg-c'),
    ...proposeTask('tg-3', RUNNING),
    ...proposeTask('tg-4', RUNNING),
    ...proposeTask('tg-1', RUNNING),
    ...proposeTask('tg-1', COMPLETED),
    lookTag('tg-c'),
    ...proposeTask('tg-2', RUNNING),
    lookTag('tg-c'),
    remove(`${V1}/tag/tg-c`),
    ...proposeTask('tg-2', COMPLETED),
    remove(`${V1}/tag/tg-c`),
    remove(`${V1}/{{tg-a:0}}`),
    remove(`${V1}/{{tg-a:0}}`),
    remove(`${V1}/tag/tg-zero`),
    inOrder(post(`${V1}/filter`, {})),
  ],
};

/** What takes slots of limits and gives them back. */
export const SLOTS: readonly Scenario[] = [slots, leases, rates, tags];

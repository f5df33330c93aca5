import fc from 'fast-check';

import type { JsonObject } from '#server/json.ts';

import {
  type Step,
  patch,
  post,
  proposeTask,
  remove,
  scheduled,
  see,
} from '../walker/scenarios/step.ts';

const V2 = '/v2/concurrency_limits';
const V1 = '/concurrency_limits';
const RUNS = 6;
/** None of a tag that never gives a slot together with another: the real server refuses such a run and keeps the slot. */
const TASKS = 4;
const TAGS = ['t1', 't2', 't0'] as const;

/** Ids of task runs that nobody knows. */
const HOLDERS = [1, 2, 3].map((number) => `00000000-0000-4000-8000-00000000000${number}`);

const STATES: readonly JsonObject[] = [
  { type: 'PENDING' },
  { type: 'PENDING' },
  { type: 'PENDING' },
  { type: 'RUNNING' },
  { type: 'RUNNING' },
  { type: 'CANCELLING' },
  { type: 'CANCELLED' },
  { type: 'COMPLETED' },
  { type: 'FAILED' },
  { type: 'CRASHED' },
  scheduled('AwaitingRetry', '2020-01-01T00:00:00Z'),
  { type: 'PAUSED', name: 'Paused', state_details: { pause_timeout: '2040-01-01T00:00:00Z' } },
];

const size = fc.constantFrom(1, 1, 2, 3);
const slots = fc.constantFrom(1, 1, 1, 2, 4);

type Moves = fc.Arbitrary<readonly Step[]>;

const some = (names: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.subarray([...names], { minLength: 1 });

/** Limits of which slots are taken and given back by their name. */
const plain = (prefix: string): Moves => {
  const names = ['p1', 'p2', 'off', 'none'].map((word) => `${prefix}${word}`);
  const looks = names.slice(0, 3).map((name) => see(`${V2}/${name}`));
  const call = (path: string): Moves =>
    fc
      .tuple(some(names), slots)
      .map(([chosen, count]) => [post(`${V2}/${path}`, { names: chosen, slots: count }), ...looks]);
  const change = fc
    .tuple(
      fc.constantFrom(...names),
      fc.record({ limit: fc.constantFrom(0, 1, 2, 5), active: fc.boolean() }, { requiredKeys: [] }),
    )
    .map(([name, body]) => [patch(`${V2}/${name}`, body), ...looks]);
  return fc.oneof(
    { weight: 5, arbitrary: call('increment') },
    { weight: 4, arbitrary: call('decrement') },
    { weight: 1, arbitrary: change },
  );
};

/** Limits of which slots are taken for a time. */
const leased = (prefix: string): Moves => {
  const names = ['l1', 'l2'].map((word) => `${prefix}${word}`);
  const looks = names.map((name) => see(`${V2}/${name}`));
  const lease = fc.nat(9).map((index) => `{{${prefix}-lease:${index}}}`);
  const take = fc
    .tuple(some(names), slots)
    .map(([chosen, count]) => [
      post(
        `${V2}/increment-with-lease`,
        { names: chosen, slots: count, lease_duration: 600 },
        `${prefix}-lease`,
      ),
      ...looks,
    ]);
  return fc.oneof(
    { weight: 4, arbitrary: take },
    {
      weight: 3,
      arbitrary: lease.map((id) => [
        post(`${V2}/decrement-with-lease`, { lease_id: id }),
        ...looks,
      ]),
    },
    { weight: 1, arbitrary: lease.map((id) => [post(`${V2}/leases/${id}/renew`, {})]) },
  );
};

/** Limits of tags, taken by name and by task runs that run. */
const tagged = (prefix: string): Moves => {
  const tags = ['t1', 't2', 't0', 'free'].map((word) => `${prefix}${word}`);
  const looks = tags.slice(0, 2).map((tag) => see(`${V1}/tag/${tag}`));
  const call = (path: string): Moves =>
    fc
      .tuple(some(tags), fc.constantFrom(...HOLDERS))
      .map(([names, id]) => [post(`${V1}/${path}`, { names, task_run_id: id }), ...looks]);
  const resize = fc
    .tuple(fc.constantFrom(...tags.slice(0, 2)), size)
    .map(([tag, limit]) => [post(`${V1}/`, { tag, concurrency_limit: limit }), ...looks]);
  const setState = fc
    .tuple(fc.nat(TASKS - 1), fc.constantFrom(...STATES), fc.boolean())
    .map(([index, state, force]) => {
      const [change, look] = proposeTask(`${prefix}-task`, state, force);
      return [change, look]
        .filter((step) => step !== undefined)
        .map((step) => ({ ...step, path: step.path.replace(':0}}', `:${index}}}`) }))
        .concat(looks);
    });
  return fc.oneof(
    { weight: 2, arbitrary: call('increment') },
    { weight: 2, arbitrary: call('decrement') },
    { weight: 1, arbitrary: resize },
    { weight: 5, arbitrary: setState },
  );
};

/** Deployments that allow few runs at once. */
const deployed = (prefix: string): Moves => {
  const look = (index: number): Step => see(`/deployments/{{${prefix}-dep:${index}}}`);
  // Nothing is forced, and no run begins without a slot: by that the real server loses count of them.
  const counted = STATES.filter(({ type }) => type !== 'RUNNING' && type !== 'CANCELLING');
  const setState = fc
    .tuple(fc.nat(RUNS - 1), fc.constantFrom(...counted))
    .map(([index, state]) => [
      post(`/flow_runs/{{${prefix}-run:${index}}}/set_state`, { state }),
      see(`/flow_runs/{{${prefix}-run:${index}}}`),
      look(index % 2),
    ]);
  const change = fc
    .tuple(
      fc.nat(1),
      fc.record(
        {
          concurrency_limit: fc.constantFrom(null, 0, 1, 2, 3),
          concurrency_options: fc.constantFrom(
            null,
            { collision_strategy: 'ENQUEUE' },
            { collision_strategy: 'CANCEL_NEW', grace_period_seconds: 60 },
          ),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([index, body]) => [patch(`/deployments/{{${prefix}-dep:${index}}}`, body), look(index)]);
  return fc.oneof({ weight: 9, arbitrary: setState }, { weight: 1, arbitrary: change });
};

const setUp = (prefix: string): Moves =>
  fc.tuple(size, size, size, size, size, size, size).map((sizes) => [
    ...['p1', 'p2', 'l1', 'l2'].map((word, index) =>
      post(`${V2}/`, { name: `${prefix}${word}`, limit: sizes[index] ?? 1 }),
    ),
    post(`${V2}/`, { name: `${prefix}off`, limit: 2, active: false }),
    ...['t1', 't2'].map((word, index) =>
      post(`${V1}/`, { tag: `${prefix}${word}`, concurrency_limit: sizes[4 + index] ?? 1 }),
    ),
    post(`${V1}/`, { tag: `${prefix}t0`, concurrency_limit: 0 }),
    post('/flows/', { name: prefix }, `${prefix}-flow`),
    ...['ENQUEUE', 'CANCEL_NEW'].map((strategy) =>
      post(
        '/deployments/',
        {
          name: strategy,
          flow_id: `{{${prefix}-flow:0}}`,
          concurrency_limit: sizes[6] ?? 1,
          concurrency_options: { collision_strategy: strategy },
        },
        `${prefix}-dep`,
      ),
    ),
    ...Array.from({ length: RUNS }, (_, index) =>
      post(
        `/deployments/{{${prefix}-dep:${index % 2}}}/create_flow_run`,
        { name: `${prefix}r${index}`, state: scheduled() },
        `${prefix}-run`,
      ),
    ),
    post(
      '/flow_runs/',
      { flow_id: `{{${prefix}-flow:0}}`, name: `${prefix}own`, state: { type: 'RUNNING' } },
      `${prefix}-own`,
    ),
    ...Array.from({ length: TASKS }, (_, index) =>
      post(
        '/task_runs/',
        {
          flow_run_id: `{{${prefix}-own:0}}`,
          task_key: `${prefix}k`,
          dynamic_key: `${index}`,
          name: `${prefix}task${index}`,
          tags: TAGS.filter((_tag, bit) => ((index + 1) & (1 << bit)) !== 0).map(
            (word) => `${prefix}${word}`,
          ),
        },
        `${prefix}-task`,
      ),
    ),
  ]);

/** A story of limits of every kind, played by itself on both servers. */
export const slotStory = (number: number): fc.Arbitrary<readonly Step[]> => {
  const prefix = `s${number}`;
  const move = fc.oneof(plain(prefix), leased(prefix), tagged(prefix), deployed(prefix));
  return fc
    .tuple(setUp(prefix), fc.array(move, { minLength: 40, maxLength: 60 }))
    .map(([first, moves]) => [
      ...first,
      ...moves.flat(),
      post(`${V2}/filter`, {}),
      ...['p1', 'p2', 'l1', 'l2', 'off'].map((word) => remove(`${V2}/${prefix}${word}`)),
      ...['t1', 't2', 't0'].map((word) => remove(`${V1}/tag/${prefix}${word}`)),
    ]);
};

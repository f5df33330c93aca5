import fc from 'fast-check';

import type { JsonObject, JsonValue } from '#server/json.ts';

import {
  type Step,
  after,
  inOrder,
  patch,
  post,
  remove,
  scheduled,
  see,
} from '../walker/scenarios/step.ts';

/** The names of one story: no other story's pools and runs meet them. */
interface Names {
  readonly pool: string;
  readonly prefix: string;
}

/** Beside `default`; the real server mixes up queues of different pools that are called the same. */
const QUEUES = ['high', 'low', 'odd one'] as const;
const RUNS = 12;
const DEPLOYMENTS = 4;

/** What a server does after its answer to a poll. */
const SETTLING_SECONDS = 0.4;

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Fields that are left out when they are undefined. */
const fields = (
  given: Readonly<Record<string, fc.Arbitrary<JsonValue | undefined>>>,
): fc.Arbitrary<JsonObject> =>
  fc.record(given).map((made) => {
    const present: [string, JsonValue][] = [];
    for (const [key, value] of Object.entries(made)) {
      if (value !== undefined) present.push([key, value]);
    }
    return Object.fromEntries(present);
  });

const limit = fc.constantFrom<number | null>(null, null, 0, 1, 2, 3, 5, 7);
const priority = fc.constantFrom(1, 1, 2, 3, 7);
const isPaused = fc.constantFrom(false, false, false, false, false, true);
const queueName = ({ prefix }: Names): fc.Arbitrary<string> =>
  fc.constantFrom('default', ...QUEUES.map((word) => `${prefix} ${word}`));

/** Run after run a second later, so that the order of runs is never open. */
const startOf = (index: number): string =>
  `2020-01-01T00:00:${String((index * 7) % 60).padStart(2, '0')}Z`;

const instant = fc.constantFrom(
  '2020-01-01T00:00:00Z',
  startOf(2),
  startOf(5),
  startOf(9),
  '2030-01-01T00:00:00Z',
);

const STATES: readonly JsonObject[] = [
  { type: 'PENDING' },
  { type: 'PENDING' },
  { type: 'RUNNING' },
  { type: 'RUNNING' },
  { type: 'CANCELLING' },
  { type: 'CANCELLED' },
  { type: 'COMPLETED' },
  { type: 'FAILED' },
  { type: 'CRASHED' },
  scheduled('Late', startOf(13)),
  scheduled('AwaitingRetry', startOf(17)),
  { type: 'PAUSED', name: 'Paused', state_details: { pause_timeout: '2040-01-01T00:00:00Z' } },
];

const indexOf = (count: number): fc.Arbitrary<number> => fc.nat(count - 1);

const looks = ({ pool, prefix }: Names): readonly Step[] => [
  see(`/work_pools/${pool}`),
  inOrder(post(`/work_pools/${pool}/queues/filter`)),
  post(`/work_pools/${pool}/concurrency_status`, {}),
  ...Array.from({ length: DEPLOYMENTS }, (_, index) =>
    see(`/deployments/{{${prefix}-d:${index}}}`),
  ),
];

const polled = (names: Names, poll: Step): readonly Step[] => [
  inOrder(poll),
  after(SETTLING_SECONDS, see(`/work_pools/${names.pool}`)),
  ...looks(names).slice(1),
];

/** A change of one thing or a question; each is a few steps. */
const move = (names: Names): fc.Arbitrary<readonly Step[]> => {
  const { pool, prefix } = names;
  const id = (kind: string, index: number): string => `{{${prefix}-${kind}:${index}}}`;
  const pollOfPool = fields({
    work_queue_names: optional(fc.array(queueName(names), { maxLength: 3 })),
    scheduled_before: seldom(instant),
    scheduled_after: seldom(instant),
    limit: optional(fc.constantFrom(0, 1, 2, 3, 4, 10)),
  }).map((body) => polled(names, post(`/work_pools/${pool}/get_scheduled_flow_runs`, body)));
  const pollOfQueue = fc
    .tuple(
      indexOf(QUEUES.length),
      fields({
        scheduled_before: seldom(instant),
        limit: optional(fc.constantFrom(0, 1, 2, 10)),
      }),
    )
    .map(([index, body]) => polled(names, post(`/work_queues/${id('q', index)}/get_runs`, body)));
  const pollOfDeployments = fc
    .tuple(
      fc.array(indexOf(DEPLOYMENTS), { maxLength: 3 }),
      fields({
        scheduled_before: seldom(instant),
        limit: optional(fc.constantFrom(0, 1, 2, 10)),
      }),
    )
    .map(([chosen, body]) =>
      polled(
        names,
        post('/deployments/get_scheduled_flow_runs', {
          deployment_ids: chosen.map((index) => id('d', index)),
          ...body,
        }),
      ),
    );
  const changePool = fields({
    concurrency_limit: optional(limit),
    is_paused: optional(isPaused),
  }).map((body) => [patch(`/work_pools/${pool}`, body), ...looks(names)]);
  const changeQueue = fc
    .tuple(
      queueName(names),
      fields({
        concurrency_limit: optional(limit),
        is_paused: optional(isPaused),
        priority: optional(priority),
      }),
    )
    .map(([name, body]) => [patch(`/work_pools/${pool}/queues/${name}`, body), ...looks(names)]);
  const changeDeployment = fc
    .tuple(
      indexOf(DEPLOYMENTS),
      fields({ work_queue_name: queueName(names), paused: optional(fc.boolean()) }),
    )
    .map(([index, body]) => [
      patch(`/deployments/${id('d', index)}`, { work_pool_name: pool, ...body }),
      see(`/deployments/${id('d', index)}`),
      post(`/deployments/${id('d', index)}/create_flow_run`, {
        name: `${prefix}later`,
        state: scheduled('Scheduled', '2020-01-01T00:01:30Z'),
      }),
      see(`/deployments/${id('d', index)}`),
    ]);
  const setState = fc
    .tuple(indexOf(RUNS), fc.constantFrom(...STATES), fc.boolean())
    .map(([index, state, force]) => [
      post(`/flow_runs/${id('r', index)}/set_state`, { state, force }),
    ]);
  const heartbeat = fc
    .tuple(
      fc.constantFrom('w1', 'w2', 'w3'),
      fields({ heartbeat_interval_seconds: optional(fc.constantFrom(null, 0, 1, 30)) }),
    )
    .map(([name, body]) => [
      post(`/work_pools/${pool}/workers/heartbeat`, { name, ...body }),
      see(`/work_pools/${pool}`),
      post(`/work_pools/${pool}/workers/filter`, {}),
      post(`/work_pools/${pool}/workers/filter`, { workers: { status: { any_: ['ONLINE'] } } }),
    ]);
  const lookAtQueue = indexOf(QUEUES.length).map((index) => [
    see(`/work_queues/${id('q', index)}/status`),
    see(`/work_queues/${id('q', index)}`),
    post(`/work_queues/${id('q', index)}/concurrency_status`, {}),
  ]);
  const removal = fc.constantFrom<Step>(
    remove(`/work_pools/${pool}/queues/${prefix} low`),
    remove(`/work_pools/${pool}/queues/default`),
    remove(`/work_pools/${pool}/workers/w1`),
    remove(`/deployments/${id('d', 3)}`),
  );
  return fc.oneof(
    { weight: 8, arbitrary: pollOfPool },
    { weight: 3, arbitrary: pollOfQueue },
    { weight: 3, arbitrary: pollOfDeployments },
    { weight: 3, arbitrary: changePool },
    { weight: 4, arbitrary: changeQueue },
    { weight: 2, arbitrary: changeDeployment },
    { weight: 9, arbitrary: setState },
    { weight: 2, arbitrary: heartbeat },
    { weight: 2, arbitrary: lookAtQueue },
    { weight: 1, arbitrary: removal.map((step) => [step, ...looks(names)]) },
  );
};

/** A pool with queues, deployments and runs. */
const setUp = (names: Names): fc.Arbitrary<readonly Step[]> => {
  const { pool, prefix } = names;
  const kind = (word: string): string => `${prefix}-${word}`;
  const poolFields = fields({
    type: fc.constantFrom('process', 'process', 'prefect-agent'),
    concurrency_limit: optional(limit),
    is_paused: optional(isPaused),
  });
  const queueFields = fields({
    concurrency_limit: optional(limit),
    priority: optional(priority),
    is_paused: optional(isPaused),
  });
  const run = (index: number) =>
    fc
      .tuple(
        indexOf(DEPLOYMENTS),
        fields({
          work_queue_name: optional(queueName(names)),
          empirical_policy: optional(
            fc.constantFrom<JsonObject>({ retry_type: 'in_process' }, { retry_type: 'reschedule' }),
          ),
        }),
        fc.boolean(),
      )
      .map(([deployment, { work_queue_name: queue = null, ...body }, isOwn]): Step => {
        const common = {
          name: `${prefix}r${index}`,
          state: scheduled('Scheduled', startOf(index)),
          ...body,
        };
        return isOwn && queue !== null
          ? post(
              '/flow_runs/',
              {
                ...common,
                flow_id: `{{${kind('f')}:0}}`,
                work_pool_name: pool,
                work_queue_name: queue,
              },
              kind('r'),
            )
          : post(
              `/deployments/{{${kind('d')}:${deployment}}}/create_flow_run`,
              { ...common, ...(queue === null ? {} : { work_queue_name: queue }) },
              kind('r'),
            );
      });
  const deployment = (index: number) =>
    fields({ work_queue_name: optional(queueName(names)), paused: optional(isPaused) }).map(
      (body) =>
        post(
          '/deployments/',
          {
            name: `${prefix}d${index}`,
            flow_id: `{{${kind('f')}:0}}`,
            ...(index === DEPLOYMENTS - 1 && !('work_queue_name' in body)
              ? {}
              : { work_pool_name: pool }),
            ...body,
          },
          kind('d'),
        ),
    );
  return fc
    .tuple(
      poolFields,
      fc.tuple(queueFields, queueFields, queueFields),
      fc.tuple(...Array.from({ length: DEPLOYMENTS }, (_, index) => deployment(index))),
      fc.tuple(...Array.from({ length: RUNS }, (_, index) => run(index))),
    )
    .map(([given, queues, deployments, runs]) => [
      post('/flows/', { name: `${prefix}f` }, kind('f')),
      post('/work_pools/', { name: pool, ...given }),
      see(`/work_pools/${pool}`),
      ...queues.map((body, index) =>
        post(
          `/work_pools/${pool}/queues`,
          { name: `${prefix} ${QUEUES[index]}`, ...body },
          kind('q'),
        ),
      ),
      { ...see(`/work_pools/${pool}/queues/default`), makes: kind('q') },
      ...deployments,
      ...runs,
    ]);
};

/** A story of one pool, played by itself on both servers. */
export const pollStory = (number: number): fc.Arbitrary<readonly Step[]> => {
  const names: Names = { pool: `pool${number}`, prefix: `s${number}` };
  return fc
    .tuple(setUp(names), fc.array(move(names), { minLength: 15, maxLength: 25 }))
    .map(([first, moves]) => [...first, ...looks(names), ...moves.flat()]);
};

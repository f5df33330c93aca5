import { at, list } from './step.ts';
import { type View, view } from './view.ts';

const DETAILS =
  'flowRunId taskRunId childFlowRunId scheduledTime cacheKey cacheExpiration deferred untrackableResult pauseTimeout pauseReschedule pauseKey runInputKeyset refreshCache retriable transitionId taskParametersId traceparent deploymentConcurrencyLeaseId';

const snakeKeys = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
          inner,
        ]),
      )
    : value;

export const STATE: View = view('id type name timestamp message data', {
  state_details: [
    `details { ${DETAILS} }`,
    (node) => {
      const details = snakeKeys(at(node, 'details')) as Record<string, unknown>;
      // Where nothing was said REST says that it is not deferred.
      return { ...details, deferred: details['deferred'] ?? false };
    },
  ],
});

const stateWithin = (): readonly [string, (node: unknown) => unknown] => [
  `state { ${STATE.selection} }`,
  (node) => STATE.ofGraphql(at(node, 'state')),
];

const POLICY = ['retries', 'pause_keys', 'resuming', 'retry_type', 'retry_jitter_factor'];

const policyOf = (policy: unknown): unknown => {
  // The enums of GraphQL are in capitals.
  const text = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);
  return Object.fromEntries(POLICY.map((name) => [name, text(at(policy, name)) ?? null]));
};

const POLICY_TERM = [
  'policy { retries pauseKeys resuming retryType retryJitterFactor }',
  (node: unknown) => policyOf(snakeKeys(at(node, 'policy'))),
  (answer: unknown) => policyOf(at(answer, 'empirical_policy')),
] as const;

const TASK_INPUTS_TERM = [
  `taskInputs { __typename ... on ParameterTaskInput { name parameter } ... on ConstantTaskInput { name type }
    ... on TaskRunResultInput { name taskRunId } ... on FlowRunResultInput { name flowRunId } }`,
  (node: unknown) =>
    list(at(node, 'taskInputs')).map((input) => [
      at(input, 'name'),
      at(input, 'parameter') ??
        at(input, 'type') ??
        at(input, 'taskRunId') ??
        at(input, 'flowRunId'),
    ]),
  (answer: unknown) =>
    Object.entries(at(answer, 'task_inputs') as Record<string, unknown[]>).flatMap(
      ([name, inputs]) =>
        inputs.map((input) => [name, at(input, 'name') ?? at(input, 'type') ?? at(input, 'id')]),
    ),
] as const;

export const FLOW = view('id created updated name tags labels');

const RUN = `id created updated name tags labels state_type state_name run_count expected_start_time
  next_scheduled_start_time start_time end_time`;

const RUN_TIMES = {
  state: stateWithin(),
  state_id: 'state { id }',
  total_run_time: 'totalRunTimeSeconds',
  estimated_run_time: 'estimatedRunTimeSeconds',
  estimated_start_time_delta: 'estimatedStartTimeDeltaSeconds',
} as const;

const actor = (name: string): readonly [string, (node: unknown) => unknown] => [
  `${name} { id type displayValue }`,
  (node) => snakeKeys(at(node, name)),
];

export const FLOW_RUN = view(
  `${RUN} flow_version deployment_version parameters context idempotency_key auto_scheduled infrastructure_pid
    job_variables`,
  {
    ...RUN_TIMES,
    flow_id: 'flow { id }',
    deployment_id: 'deployment { id }',
    work_queue_id: 'workQueue { id }',
    work_queue_name: 'workQueue { name }',
    work_pool_id: 'workPool { id }',
    work_pool_name: 'workPool { name }',
    parent_task_run_id: 'parentTaskRun { id }',
    created_by: actor('createdBy'),
    empirical_policy: POLICY_TERM,
  },
  'infrastructure_document_id',
);

export const TASK_RUN = view(
  `${RUN} task_key dynamic_key cache_key cache_expiration task_version flow_run_run_count`,
  {
    ...RUN_TIMES,
    flow_run_id: 'flowRun { id }',
    empirical_policy: POLICY_TERM,
    task_inputs: TASK_INPUTS_TERM,
  },
);

/** The fields of a task run that pages of them have. */
export const TASK_RUN_SUMMARY = view(
  'id created updated name tags start_time end_time task_key task_version',
  {
    ...RUN_TIMES,
    flow_run_id: 'flowRun { id }',
    empirical_policy: POLICY_TERM,
    task_inputs: TASK_INPUTS_TERM,
  },
);

const SCHEDULE_SELECTION = `schedule { __typename
  ... on CronSchedule { cron timezone dayOr } ... on IntervalSchedule { intervalSeconds timezone anchorDate }
  ... on RRuleSchedule { rrule timezone } }`;

const scheduleOf = (schedule: unknown): unknown => {
  const {
    __typename: kind,
    intervalSeconds,
    ...rest
  } = { ...(schedule as Record<string, unknown>) };
  return kind === 'IntervalSchedule'
    ? { interval: intervalSeconds, ...(snakeKeys(rest) as object) }
    : snakeKeys(rest);
};

export const DEPLOYMENT_SCHEDULE = view(
  'id created updated active max_scheduled_runs parameters slug',
  {
    deployment_id: 'deployment { id }',
    schedule: [SCHEDULE_SELECTION, (node) => scheduleOf(at(node, 'schedule'))],
  },
  // What a schedule takes the place of is told only while it is made.
  'replaces',
);

export const LIMIT = view(
  'id created updated active name limit active_slots slot_decay_per_second',
);

export const DEPLOYMENT = view(
  `id created updated name version description paused job_variables parameters tags labels last_polled
    parameter_openapi_schema path pull_steps entrypoint status enforce_parameter_schema`,
  {
    flow_id: 'flow { id }',
    schedules: [
      `schedules { ${DEPLOYMENT_SCHEDULE.selection} }`,
      (node) => list(at(node, 'schedules')).map(DEPLOYMENT_SCHEDULE.ofGraphql),
    ],
    global_concurrency_limit: [
      `concurrencyLimit { ${LIMIT.selection} }`,
      (node) => LIMIT.ofGraphql(at(node, 'concurrencyLimit')),
    ],
    concurrency_options: [
      'concurrencyOptions { collisionStrategy gracePeriodSeconds }',
      (node) => snakeKeys(at(node, 'concurrencyOptions')),
    ],
    work_queue_id: 'workQueue { id }',
    work_queue_name: 'workQueue { name }',
    work_pool_name: 'workPool { name }',
    created_by: actor('createdBy'),
    updated_by: actor('updatedBy'),
  },
  'concurrency_limit storage_document_id infrastructure_document_id',
);

/** REST counts the slots that are held only where there is a limit. */
const HELD_SLOTS = [
  'activeSlots concurrencyLimit',
  (node: unknown) => (at(node, 'concurrencyLimit') === null ? null : at(node, 'activeSlots')),
] as const;

export const WORK_POOL = view(
  'id created updated name description type base_job_template is_paused concurrency_limit status',
  { default_queue_id: 'defaultQueue { id }', active_slots: HELD_SLOTS },
  'storage_configuration',
);

export const WORK_QUEUE = view(
  'id created updated name description is_paused concurrency_limit priority last_polled status',
  {
    filter: 'legacyFilter',
    work_pool_id: 'workPool { id }',
    work_pool_name: 'workPool { name }',
    active_slots: HELD_SLOTS,
  },
);

export const WORKER = view(
  'id created updated name last_heartbeat_time heartbeat_interval_seconds status',
  { work_pool_id: 'workPool { id }' },
);

const ARTIFACT_TERMS = {
  type: 'rawType',
  metadata_: 'metadata',
  flow_run_id: 'flowRun { id }',
  task_run_id: 'taskRun { id }',
} as const;

export const ARTIFACT = view('id created updated key description data', ARTIFACT_TERMS);

/** The newest of a key, which REST gives the id of the key. */
export const LATEST_ARTIFACT = view('key description data', ARTIFACT_TERMS, 'id created updated');

export const ARTIFACT_COLLECTION = view('id created updated key', {
  latest_id: 'latest { id }',
  type: 'latest { rawType }',
  description: 'latest { description }',
  data: 'latest { data }',
  metadata_: 'latest { metadata }',
  flow_run_id: 'latest { flowRun { id } }',
  task_run_id: 'latest { taskRun { id } }',
});

export const LOG = view(
  'id name level message timestamp flow_run_id task_run_id',
  {},
  'created updated',
);

export const VARIABLE = view('id created updated name value tags');

export const FLOW_RUN_INPUT = view(
  'id created updated key sender',
  {
    value: [
      'value',
      (node) => at(node, 'value'),
      (answer) => JSON.parse(String(at(answer, 'value'))) as unknown,
    ],
  },
  'flow_run_id',
);

export const TAG_LIMIT = view('id created updated tag', {
  concurrency_limit: 'limit',
  active_slots: 'activeTaskRunIds',
});

/** What whoever takes slots is told of a limit. */
export const SHORT_LIMIT = view('id name limit');

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The name of the kind of details, which REST writes in lower case. */
const kindOf = (type: unknown): string => String(type).split('_').map(capitalised).join('');

/** A verdict on a proposed state. */
export const VERDICT = view('status', {
  state: stateWithin(),
  details: [
    `details { __typename ... on RejectDetails { reason } ... on AbortDetails { reason }
      ... on WaitDetails { reason delaySeconds } }`,
    (node) => ({
      kind: at(node, 'details.__typename'),
      reason: at(node, 'details.reason') ?? null,
      delay: at(node, 'details.delaySeconds') ?? null,
    }),
    (answer) => ({
      kind: kindOf(at(answer, 'details.type')),
      reason: at(answer, 'details.reason') ?? null,
      delay: at(answer, 'details.delay_seconds') ?? null,
    }),
  ],
});

export const SAVED_SEARCH = view('id created updated name', {
  filters: ['filters { object property type operation value }', (node) => at(node, 'filters')],
});

export const BLOCK_TYPE = view(
  'id created updated name slug logo_url documentation_url description code_example is_protected',
);

const typeWithin = [
  `blockType { ${BLOCK_TYPE.selection} }`,
  (node: unknown) => BLOCK_TYPE.ofGraphql(at(node, 'blockType')),
] as const;

export const BLOCK_SCHEMA = view('id created updated checksum fields capabilities version', {
  block_type_id: 'blockType { id }',
  block_type: typeWithin,
});

export const BLOCK_DOCUMENT = view('id created updated name data is_anonymous', {
  block_type_id: 'blockType { id }',
  block_type_name: 'blockType { name }',
  block_type: typeWithin,
  block_schema_id: 'blockSchema { id }',
  block_schema: [
    `blockSchema { ${BLOCK_SCHEMA.selection} }`,
    (node) => BLOCK_SCHEMA.ofGraphql(at(node, 'blockSchema')),
  ],
  block_document_references: [
    'references { name blockDocument { id } }',
    (node) => list(at(node, 'references')).map((reference) => at(reference, 'name')),
    (answer) => Object.keys(at(answer, 'block_document_references') as object),
  ],
});

export const EVENT = view('id occurred received event payload follows', {
  resource: ['resource { labels }', (node) => at(node, 'resource.labels')],
  related: [
    'related { labels }',
    (node) => list(at(node, 'related')).map((resource) => at(resource, 'labels')),
  ],
});

import { type JsonObject, isJsonObject } from '#server/json.ts';

import {
  CANCELLED,
  CANCELLING,
  COMPLETED,
  CRASHED,
  FAILED,
  PENDING,
  RUNNING,
  type Scenario,
  type Step,
  patch,
  paused,
  post,
  propose,
  proposeTask,
  remove,
  scheduled,
  see,
  seeStates,
  suspended,
} from './step.ts';

const begin = (name: string): readonly Step[] => [
  post('/flows/', { name }, `${name}-flow`),
  post('/deployments/', { name, flow_id: `{{${name}-flow:0}}` }, `${name}-deployment`),
];

/** Makes a flow run of the kind `run`, of the deployment of a story unless it is to stand alone. */
const flowRun = (story: string, run: string, fields = {}, isDeployed = true): Step =>
  post(
    '/flow_runs/',
    {
      flow_id: `{{${story}-flow:0}}`,
      name: run,
      ...(isDeployed ? { deployment_id: `{{${story}-deployment:0}}` } : {}),
      ...fields,
    },
    run,
  );

const resume = (run: string, body = {}): readonly Step[] => [
  post(`/flow_runs/{{${run}:0}}/resume`, body),
  see(`/flow_runs/{{${run}:0}}`),
];

const KEYSET = {
  schema: 'ask-schema',
  response: 'ask-response',
  description: 'ask-description',
} as const;

const INPUT_SCHEMA = {
  type: 'object',
  properties: { count: { type: 'integer' }, who: { type: 'string' } },
  required: ['count'],
} as const;

const putInput = (run: string, key: string, value: object): Step =>
  post(`/flow_runs/{{${run}:0}}/input`, { key, value: JSON.stringify(value) });

const TIMED_OUT = { pause_timeout: '2020-01-01T00:00:00Z' } as const;

const ends = [COMPLETED, FAILED, CRASHED, CANCELLED, CANCELLING, PENDING, RUNNING, scheduled()];

const pauses: Scenario = {
  name: 'pausing, suspending and resuming',
  steps: [
    ...begin('pause'),
    flowRun('pause', 'p-none', { state: null }),
    ...propose('p-none', paused()),
    ...propose('p-none', suspended()),
    ...resume('p-none'),
    flowRun('pause', 'p-run', { state: RUNNING }),
    ...resume('p-run'),
    ...propose('p-run', paused({ pause_key: 'first' })),
    ...propose('p-run', paused({ pause_key: 'second' })),
    ...resume('p-run'),
    ...propose('p-run', paused({ pause_key: 'first' })),
    ...propose('p-run', paused()),
    ...resume('p-run'),
    ...resume('p-run'),
    ...propose('p-run', suspended({ pause_key: 'third' })),
    ...propose('p-run', PENDING),
    ...resume('p-run'),
    ...propose('p-run', PENDING),
    ...propose('p-run', RUNNING),
    ...propose('p-run', suspended({ pause_key: 'fourth' })),
    ...propose('p-run', CANCELLING),
    seeStates('p-run'),
    // Alone, without a deployment to start it anew.
    flowRun('pause', 'p-alone', { state: RUNNING }, false),
    ...propose('p-alone', suspended()),
    ...propose('p-alone', paused()),
    ...propose('p-alone', scheduled()),
    ...propose('p-alone', RUNNING),
    ...ends.flatMap((state, index) => [
      flowRun('pause', `p-end-${index}`, { state: RUNNING }),
      ...propose(`p-end-${index}`, paused({ pause_key: 'k' })),
      ...propose(`p-end-${index}`, state),
      flowRun('pause', `p-late-${index}`, { state: RUNNING }),
      ...propose(`p-late-${index}`, paused({ ...TIMED_OUT, pause_key: 'k' })),
      ...propose(`p-late-${index}`, state),
      flowRun('pause', `p-gone-${index}`, { state: RUNNING }),
      ...propose(`p-gone-${index}`, suspended({ ...TIMED_OUT, pause_key: 'k' })),
      ...propose(`p-gone-${index}`, state),
      seeStates(`p-gone-${index}`),
    ]),
    flowRun('pause', 'p-expired', { state: RUNNING }),
    ...propose('p-expired', paused(TIMED_OUT)),
    ...resume('p-expired'),
  ],
};

const inputs: Scenario = {
  name: 'resuming with input',
  steps: [
    ...begin('ask'),
    post('/variables/', { name: 'ask_count', value: 3 }),
    flowRun('ask', 'a-run', { state: RUNNING }),
    putInput('a-run', KEYSET.schema, { stale: true }),
    ...propose('a-run', paused({ run_input_keyset: KEYSET, pause_key: 'a' })),
    see('/flow_runs/{{a-run:0}}/input/ask-schema'),
    // Without a schema nothing can be checked.
    ...resume('a-run', { run_input: { count: 1 } }),
    putInput('a-run', KEYSET.schema, INPUT_SCHEMA),
    ...resume('a-run', {}),
    ...resume('a-run', { run_input: {} }),
    ...resume('a-run', { run_input: { count: 'many' } }),
    ...resume('a-run', { run_input: { count: 1, who: 5 } }),
    ...resume('a-run', { run_input: { count: { __prefect_kind: 'json', value: 'x' } } }),
    ...resume('a-run', { run_input: { count: { __prefect_kind: 'workspace_variable' } } }),
    ...resume('a-run', {
      run_input: { count: { __prefect_kind: 'workspace_variable', variable_name: 'none' } },
    }),
    ...resume('a-run', {
      run_input: {
        count: { __prefect_kind: 'workspace_variable', variable_name: 'ask_count' },
        who: { __prefect_kind: 'jinja', template: '{{ "me" | upper }}' },
      },
    }),
    see('/flow_runs/{{a-run:0}}/input/ask-response'),
    ...resume('a-run', { run_input: { count: 2 } }),
    flowRun('ask', 'a-suspended', { state: RUNNING }),
    ...propose('a-suspended', suspended({ run_input_keyset: KEYSET, pause_key: 'a' })),
    putInput('a-suspended', KEYSET.schema, INPUT_SCHEMA),
    ...resume('a-suspended', { run_input: { count: 2, other: [1] } }),
    see('/flow_runs/{{a-suspended:0}}/input/ask-response'),
    post('/flow_runs/{{a-suspended:0}}/input/filter', { prefix: 'ask', limit: 10 }),
    ...propose('a-suspended', PENDING),
    ...propose('a-suspended', RUNNING),
    ...propose('a-suspended', paused({ run_input_keyset: KEYSET, pause_key: 'b' })),
    post('/flow_runs/{{a-suspended:0}}/input/filter', { prefix: 'ask', limit: 10 }),
    flowRun('ask', 'a-broken', { state: RUNNING }),
    ...propose('a-broken', paused({ run_input_keyset: KEYSET })),
    putInput('a-broken', KEYSET.schema, { type: 'nonsense' }),
    ...resume('a-broken', { run_input: { count: 2 } }),
    remove('/flow_runs/{{a-broken:0}}/input/ask-schema'),
    ...resume('a-broken', {}),
    flowRun('ask', 'a-free', { state: RUNNING }),
    ...propose('a-free', paused()),
    ...resume('a-free', { run_input: { any: 1 } }),
    post('/flow_runs/{{a-free:0}}/input/filter', { prefix: '', limit: 10 }),
  ],
};

const cancellations: Scenario = {
  name: 'cancelling',
  steps: [
    ...begin('cancel'),
    ...[
      scheduled(),
      scheduled('Late'),
      scheduled('AwaitingRetry'),
      scheduled('AwaitingConcurrencySlot'),
      scheduled('Resuming'),
      PENDING,
      { type: 'PENDING', name: 'Submitting' },
      { type: 'PENDING', name: 'InfrastructurePending' },
      RUNNING,
      COMPLETED,
      CANCELLED,
    ].flatMap((state, index) =>
      [null, 'pid-1', ''].flatMap((pid, which) => {
        const run = `c-${index}-${which}`;
        return [
          flowRun('cancel', run, { state }),
          patch(`/flow_runs/{{${run}:0}}`, { infrastructure_pid: pid }),
          ...propose(run, CANCELLING),
          ...propose(run, { ...CANCELLING, message: 'again' }),
          ...propose(run, RUNNING),
          ...propose(run, CRASHED),
          ...propose(run, CANCELLED),
          ...propose(run, PENDING),
          seeStates(run),
        ];
      }),
    ),
    flowRun('cancel', 'c-forced', { state: scheduled() }),
    ...propose('c-forced', CANCELLING, true),
    flowRun('cancel', 'c-forced-run', { state: RUNNING }),
    ...propose('c-forced-run', CANCELLING, true),
    ...propose('c-forced-run', RUNNING, true),
    post('/flow_runs/bulk_set_state', {
      flow_runs: { name: { any_: ['c-forced-run'] } },
      state: CANCELLING,
    }),
    see('/flow_runs/{{c-forced-run:0}}'),
  ],
};

const RETRYING = { empirical_policy: { retries: 2, retry_delay: 0 } } as const;

/** Most of them in doubt. */
const POLICIES: readonly JsonObject[] = [
  { retries: -1 },
  { retries: 1.5 },
  { retries: 'x' },
  { retries: 0, max_retries: 2 },
  { max_retries: 1.5 },
  { retry_delay: 0.5 },
  { retry_delay_seconds: 0.5, retry_delay: 3 },
  { retry_delay_seconds: '7' },
  { retry_delay: [1, 2] },
  { retry_type: 'other' },
  { retry_type: 'reschedule', resuming: true },
  { pause_keys: null },
  { pause_keys: ['a', 'a', 'b'] },
  { pause_keys: 'a' },
  { pause_keys: ['a', 1] },
  { x: 1 },
];

const TASK_POLICIES: readonly JsonObject[] = [
  ...POLICIES,
  { retry_jitter_factor: -1 },
  { retry_jitter_factor: 0.3, retry_delay: 2.5 },
  { retry_delay: Array.from({ length: 51 }, () => 1) },
  { retry_delay: [1, 'x'] },
];

const retries: Scenario = {
  name: 'retrying',
  steps: [
    ...begin('retry'),
    flowRun('retry', 'r-run', RETRYING),
    ...propose('r-run', RUNNING),
    ...[1, 2, 3].flatMap(() => [...propose('r-run', FAILED), ...propose('r-run', RUNNING)]),
    ...propose('r-run', FAILED),
    ...propose('r-run', scheduled('AwaitingRetry')),
    ...propose('r-run', PENDING),
    ...propose('r-run', RUNNING),
    ...propose('r-run', FAILED),
    seeStates('r-run'),
    flowRun('retry', 'r-later', { empirical_policy: { retries: 1, retry_delay: 3600 } }),
    ...propose('r-later', RUNNING),
    ...propose('r-later', { ...FAILED, data: { type: 'reference', storage_key: 'k' } }),
    // The client writes back what it knows of the policy.
    patch('/flow_runs/{{r-later:0}}', {
      empirical_policy: { retries: 5, retry_delay: 1, resuming: true, retry_type: 'in_process' },
    }),
    see('/flow_runs/{{r-later:0}}'),
    ...propose('r-later', scheduled('AwaitingRetry')),
    ...propose('r-later', RUNNING),
    ...propose('r-later', CRASHED),
    ...propose('r-later', RUNNING),
    ...propose('r-later', scheduled()),
    flowRun('retry', 'r-alone', RETRYING, false),
    ...propose('r-alone', RUNNING),
    ...propose('r-alone', CRASHED),
    ...propose('r-alone', scheduled()),
    ...propose('r-alone', PENDING),
    ...propose('r-alone', RUNNING),
    ...propose('r-alone', COMPLETED),
    ...propose('r-alone', RUNNING),
    ...propose('r-alone', { ...COMPLETED, data: { type: 'reference', storage_key: 'k' } }),
    ...propose('r-alone', RUNNING),
    ...propose('r-alone', COMPLETED),
    ...propose('r-alone', FAILED),
    ...propose('r-alone', COMPLETED, true),
    flowRun('retry', 'r-policy', {
      empirical_policy: { max_retries: 1, retry_delay_seconds: 0.5, pause_keys: ['a', 'a'] },
    }),
    see('/flow_runs/{{r-policy:0}}'),
    flowRun('retry', 'r-policy', {
      empirical_policy: { max_retries: 1, retry_delay_seconds: 2, pause_keys: ['a', 'a'] },
    }),
    see('/flow_runs/{{r-policy:0}}'),
    ...POLICIES.flatMap((policy) => [
      patch('/flow_runs/{{r-policy:0}}', { empirical_policy: policy }),
      see('/flow_runs/{{r-policy:0}}'),
    ]),
  ],
};

const taskRun = (run: string, fields = {}): Step =>
  post(
    '/task_runs/',
    { flow_run_id: '{{t-run:0}}', task_key: 'task', dynamic_key: run, name: run, ...fields },
    run,
  );

const tasks: Scenario = {
  name: 'the lives of task runs',
  steps: [
    ...begin('task'),
    flowRun('task', 't-run', { state: RUNNING }),
    taskRun('t-retry', { empirical_policy: { retries: 3, retry_delay: [0, 3600] } }),
    ...proposeTask('t-retry', RUNNING),
    ...proposeTask('t-retry', FAILED),
    ...proposeTask('t-retry', RUNNING),
    ...proposeTask('t-retry', FAILED),
    ...proposeTask('t-retry', RUNNING),
    ...proposeTask('t-retry', RUNNING, true),
    ...proposeTask('t-retry', FAILED),
    ...proposeTask('t-retry', RUNNING, true),
    ...proposeTask('t-retry', { ...FAILED, state_details: { retriable: false } }),
    ...proposeTask('t-retry', RUNNING),
    ...proposeTask('t-retry', COMPLETED),
    ...proposeTask('t-retry', PENDING),
    taskRun('t-cached'),
    ...proposeTask('t-cached', RUNNING),
    ...proposeTask('t-cached', {
      ...COMPLETED,
      data: { type: 'reference', storage_key: 'cached' },
      state_details: { cache_key: 'walk', cache_expiration: '2040-01-01T00:00:00Z' },
    }),
    ...proposeTask('t-cached', RUNNING),
    taskRun('t-hit'),
    ...proposeTask('t-hit', { ...RUNNING, state_details: { cache_key: 'walk' } }),
    taskRun('t-refresh'),
    ...proposeTask('t-refresh', {
      ...RUNNING,
      state_details: { cache_key: 'walk', refresh_cache: true },
    }),
    taskRun('t-miss'),
    ...proposeTask('t-miss', { ...RUNNING, state_details: { cache_key: 'other' } }),
    ...proposeTask('t-miss', {
      ...COMPLETED,
      state_details: { cache_key: 'old', cache_expiration: '2020-01-01T00:00:00Z' },
    }),
    taskRun('t-old'),
    ...proposeTask('t-old', { ...RUNNING, state_details: { cache_key: 'old' } }),
    taskRun('t-deferred'),
    ...proposeTask('t-deferred', {
      ...scheduled(),
      state_details: { deferred: true, task_parameters_id: '00000000-0000-4000-8000-0000000000aa' },
    }),
    ...proposeTask('t-deferred', { ...PENDING, state_details: { deferred: true } }),
    ...proposeTask('t-deferred', { ...PENDING, state_details: { deferred: true } }),
    ...proposeTask('t-deferred', { ...RUNNING, state_details: { deferred: true } }),
    ...proposeTask('t-deferred', { ...PENDING, state_details: { deferred: true } }),
    taskRun('t-none', { state: null }),
    ...proposeTask('t-none', PENDING),
    ...proposeTask('t-none', PENDING),
    ...proposeTask('t-none', CANCELLING),
    ...proposeTask('t-none', PENDING),
    ...propose('t-run', paused({ pause_key: 'k' })),
    taskRun('t-paused'),
    ...proposeTask('t-paused', RUNNING),
    ...proposeTask('t-paused', RUNNING),
    ...propose('t-run', RUNNING),
    ...proposeTask('t-paused', RUNNING),
    ...proposeTask('t-paused', CRASHED),
    ...propose('t-run', CRASHED),
    ...proposeTask('t-paused', RUNNING),
    ...propose('t-run', RUNNING),
    ...proposeTask('t-paused', RUNNING),
    see('/task_run_states/?task_run_id={{t-paused:0}}'),
    ...TASK_POLICIES.map((policy, index) =>
      taskRun(`t-policy-${index}`, { empirical_policy: policy }),
    ),
  ],
};

const KINDS: readonly JsonObject[] = [
  scheduled(),
  PENDING,
  RUNNING,
  COMPLETED,
  FAILED,
  CANCELLED,
  CRASHED,
  paused(),
  CANCELLING,
];

/** Each kind of state after each, for tasks that are left to workers and by force. */
const deferred: Scenario = {
  name: 'task runs that are left to workers',
  steps: [
    ...begin('deferred'),
    flowRun('deferred', 't-run', { state: RUNNING }),
    ...KINDS.flatMap((from, first) =>
      KINDS.flatMap((to, next) =>
        [false, true].flatMap((force) => {
          const run = `d-${first}-${next}-${force}`;
          const details = isJsonObject(to['state_details']) ? to['state_details'] : {};
          return [
            taskRun(run, { state: from }),
            ...proposeTask(run, { ...to, state_details: { ...details, deferred: true } }, force),
          ];
        }),
      ),
    ),
  ],
};

const subflows: Scenario = {
  name: 'subflows',
  steps: [
    ...begin('sub'),
    flowRun('sub', 't-run', { state: RUNNING }),
    taskRun('s-task'),
    flowRun('sub', 's-run', { parent_task_run_id: '{{s-task:0}}', state: scheduled() }, false),
    see('/task_runs/{{s-task:0}}'),
    ...[PENDING, RUNNING, paused(), RUNNING, suspended(), CANCELLING, FAILED, CANCELLED].flatMap(
      (state) => [...propose('s-run', state), see('/task_runs/{{s-task:0}}')],
    ),
    ...propose('s-run', RUNNING, true),
    ...propose('s-run', { ...COMPLETED, data: { type: 'reference', storage_key: 's' } }),
    see('/task_runs/{{s-task:0}}'),
    see('/flow_runs/{{t-run:0}}/graph'),
    remove('/task_runs/{{s-task:0}}'),
    see('/flow_runs/{{s-run:0}}'),
    ...propose('s-run', CRASHED, true),
  ],
};

/** How runs pause, wait, retry, are cancelled and end. */
export const LIVES: readonly Scenario[] = [
  pauses,
  inputs,
  cancellations,
  retries,
  tasks,
  deferred,
  subflows,
];

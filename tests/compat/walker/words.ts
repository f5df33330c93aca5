import type { JsonValue } from '#server/json.ts';

/** Few words, so that requests meet what others made. */
const WORDS = ['alpha', 'beta', 'gamma', 'a b', 'x/y', 'Ünï'] as const;

/** `{{moment:n}}` is a time between two requests of the walk, the same for both servers. */
const TIMES = ['2020-01-01T00:00:00Z', '2040-06-30T12:00:00+02:00', '2020-02-30', 'now'] as const;
const FILTER_TIMES = ['{{moment:0}}', '{{moment:1}}', '{{moment:2}}', '{{moment:4}}'] as const;

const PATTERNS = ['a', 'ALPHA', 'lph', '%', '_', 'a%a', 'ü', 'ï', ' ', '', '\\', "'"] as const;
const SEARCHES = [
  'alpha',
  'ALPHA beta',
  '-alpha',
  '+alpha !beta',
  '"a b"',
  '',
  'flow-run',
] as const;
const STATE_NAMES = ['Scheduled', 'Pending', 'Running', 'Completed', 'Late', 'alpha'] as const;

const BY_KEY: Readonly<Record<string, readonly string[]>> = {
  cron: ['0 0 * * *', '*/5 * * * *', 'junk'],
  rrule: ['FREQ=DAILY', 'FREQ=NEVER'],
  timezone: ['UTC', 'Europe/Berlin', 'Nowhere/Land'],
  slug: ['alpha', 'beta', 'gamma', 'a b'],
  key: ['alpha', 'beta', 'gamma', 'x-y', 'a b'],
  like_: PATTERNS,
  query: [...SEARCHES, 'x'.repeat(201)],
  history_start: ['{{hours:-25}}', '{{hours:-3}}', '2020-01-01T00:00:00Z', 'now'],
  history_end: ['{{hours:1}}', '{{hours:24}}', '2020-01-05T00:00:00Z', 'now'],
};

/** Properties that hold the id of something: the walk fills one in that exists on each server. */
export const ID_KINDS: Readonly<Record<string, string>> = {
  artifact_id: 'artifacts',
  automation_id: 'automations',
  block_document_id: 'block_documents',
  block_schema_id: 'block_schemas',
  block_type_id: 'block_types',
  deployment_id: 'deployments',
  deployment_ids: 'deployments',
  flow_id: 'flows',
  flow_ids: 'flows',
  flow_run_id: 'flow_runs',
  flow_run_ids: 'flow_runs',
  global_concurrency_limit_id: 'concurrency_limits_v2',
  lease_id: 'leases',
  parent_flow_run_id: 'flow_runs',
  parent_task_run_id: 'task_runs',
  task_run_id: 'task_runs',
  work_queue_id: 'work_queues',
};

const FILTERED: Readonly<Record<string, string>> = {
  Artifact: 'artifacts',
  Automation: 'automations',
  BlockDocument: 'block_documents',
  BlockSchema: 'block_schemas',
  BlockType: 'block_types',
  ConcurrencyLimit: 'concurrency_limits_v2',
  Deployment: 'deployments',
  Flow: 'flows',
  FlowRun: 'flow_runs',
  Latest: 'artifacts',
  ParentFlowRun: 'flow_runs',
  ParentTaskRun: 'task_runs',
  TaskRun: 'task_runs',
  Variable: 'variables',
  WorkPool: 'work_pools',
  WorkQueue: 'work_queues',
};

/** The kind of thing whose ids a criterion of that name takes: `FlowRunFilterDeploymentId` takes deployments. */
export const kindOfFilter = (name: string): string | undefined => {
  const [, filtered = '', other = ''] = /^(\w+)Filter(\w*?)(?:Id)?$/u.exec(name) ?? [];
  return FILTERED[other === '' ? filtered : other];
};

/** Words that fit a text of the interface. */
export const wordsOf = (place: {
  readonly key: string;
  readonly owner: string;
  readonly format: JsonValue | undefined;
}): readonly string[] => {
  const { key, owner, format } = place;
  if (BY_KEY[key] !== undefined) return BY_KEY[key];
  if (format === 'date-time') {
    return owner.includes('Filter') ? [...FILTER_TIMES, ...TIMES] : TIMES;
  }
  return owner.endsWith('StateName') ? STATE_NAMES : WORDS;
};

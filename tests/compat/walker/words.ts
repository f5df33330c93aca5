import type { JsonValue } from '#server/json.ts';

/** Few words, so that requests meet what others made. */
const WORDS = ['alpha', 'alpha', 'beta', 'beta', 'gamma', 'a b', 'x/y', 'Ünï'] as const;

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
const DURATIONS = ['PT10S', 'PT1M30S', 'P1DT2H', 'junk', '00:01:30', '-PT5S'] as const;
const VARIABLE_NAMES = ['alpha', 'beta', 'gamma', 'alpha', 'a_b', 'x-y', 'a b', ''] as const;
const STATE_NAMES = ['Scheduled', 'Pending', 'Running', 'Completed', 'Late', 'alpha'] as const;

const EVENT_NAMES = ['alpha.made', 'alpha.gone', 'beta.made', 'beta', 'prefect.alpha.Ünï'] as const;
const EVENT_PREFIXES = ['alpha', 'alpha.', 'prefect.flow-run', 'prefect.', 'b', '*', ''] as const;
const EVENT_RESOURCES = ['alpha.1', 'alpha.2', 'prefect.flow-run.{{flow_runs:-1}}', 'beta/x y'];
const EVENT_SEARCHES = [
  'alpha',
  'MADE -gone',
  '"one"',
  'gamma',
  'prefect.flow-run',
  '',
  '!',
] as const;
const EVENT_TIMES = ['{{hours:-25}}', '{{hours:-3}}', '{{hours:-1}}', '{{moment:1}}'] as const;

/** Ids that events of the walk have, the same for both servers. */
export const EVENT_IDS = [1, 2, 3].map((digit) => `00000000-0000-4000-8000-00000000e00${digit}`);

/** By the end of the schema's name and the property. */
const OF_EVENTS: Readonly<Record<string, readonly string[]>> = {
  'Event.event': EVENT_NAMES,
  'Event.occurred': [...EVENT_TIMES, '2020-02-30'],
  'EventOccurredFilter.since': [...EVENT_TIMES, '2020-01-01T00:00:00Z'],
  'EventOccurredFilter.until': [...EVENT_TIMES, '{{moment:2}}', '{{hours:1}}'],
  'EventNameFilter.prefix': EVENT_PREFIXES,
  'EventNameFilter.exclude_prefix': EVENT_PREFIXES,
  'EventNameFilter.name': EVENT_NAMES,
  'EventNameFilter.exclude_name': EVENT_NAMES,
  'EventResourceFilter.id': EVENT_RESOURCES,
  'EventResourceFilter.id_prefix': [...EVENT_RESOURCES, 'alpha.', 'prefect.', 'al%'],
  'EventAnyResourceFilter.id': EVENT_RESOURCES,
  'EventAnyResourceFilter.id_prefix': [...EVENT_RESOURCES, 'alpha.', 'prefect.', 'al_'],
  'EventRelatedFilter.id': EVENT_RESOURCES,
  'EventRelatedFilter.role': ['alpha-role', 'beta-role', 'flow', 'work-pool'],
  'EventTextFilter.query': [...EVENT_SEARCHES, 'x'.repeat(201)],
};

/** What automations may belong to or act on. */
export const OWNERS = [
  'prefect.deployment.{{deployments:-1}}',
  'prefect.deployment.{{deployments:-2}}',
  'prefect.work-queue.{{work_queues:-1}}',
  'prefect.work-pool.{{work_pools:-1}}',
  'prefect.automation.{{automations:-1}}',
  'alpha',
] as const;

const BY_KEY: Readonly<Record<string, readonly string[]>> = {
  cron: ['0 0 * * *', '*/5 * * * *', 'junk'],
  rrule: ['FREQ=DAILY', 'FREQ=NEVER'],
  timezone: ['UTC', 'Europe/Berlin', 'Nowhere/Land'],
  slug: ['alpha', 'beta', 'gamma', 'a b'],
  capabilities: ['write-path', 'read-path', 'alpha', 'write-path'],
  owner_resource: OWNERS,
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
  default_result_storage_block_id: 'block_documents',
  deployment_id: 'deployments',
  deployment_ids: 'deployments',
  flow_id: 'flows',
  flow_ids: 'flows',
  flow_run_id: 'flow_runs',
  flow_run_ids: 'flow_runs',
  global_concurrency_limit_id: 'concurrency_limits_v2',
  infrastructure_document_id: 'block_documents',
  lease_id: 'leases',
  parent_flow_run_id: 'flow_runs',
  parent_task_run_id: 'task_runs',
  storage_document_id: 'block_documents',
  task_run_id: 'task_runs',
  work_pool_id: 'work_pools',
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
  const ofEvents = OF_EVENTS[`${owner}.${key}`];
  if (ofEvents !== undefined) return ofEvents;
  if (BY_KEY[key] !== undefined) return BY_KEY[key];
  if (format === 'date-time') {
    return owner.includes('Filter') ? [...FILTER_TIMES, ...TIMES] : TIMES;
  }
  if (format === 'duration') return DURATIONS;
  if (key === 'name' && owner.startsWith('Variable')) return VARIABLE_NAMES;
  return owner.endsWith('StateName') ? STATE_NAMES : WORDS;
};

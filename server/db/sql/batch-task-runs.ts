import { batchInsert } from '../batch.ts';
import { type SqlValue, statement } from '../statement.ts';

const RUN_COLUMNS = {
  id: 'TEXT',
  created: 'BIGINT',
  updated: 'BIGINT',
  name: 'TEXT',
  flow_run_id: 'TEXT',
  task_key: 'TEXT',
  dynamic_key: 'TEXT',
  cache_key: 'TEXT',
  cache_expiration: 'BIGINT',
  task_version: 'TEXT',
  flow_run_run_count: 'INTEGER',
  empirical_policy: 'JSONB',
  task_inputs: 'JSONB',
  tags: 'JSONB',
  labels: 'JSONB',
  state_id: 'TEXT',
  state_type: 'TEXT',
  state_name: 'TEXT',
  state_timestamp: 'BIGINT',
  run_count: 'INTEGER',
  expected_start_time: 'BIGINT',
  next_scheduled_start_time: 'BIGINT',
  start_time: 'BIGINT',
  end_time: 'BIGINT',
  total_run_time: 'BIGINT',
} as const;

const KEPT = new Set(['id', 'created']);
// Clients leave out what is empty, so an absent value of these means "as before".
const SPARSE = new Set(['cache_key', 'cache_expiration', 'task_version', 'start_time', 'labels']);

const assignments = Object.keys(RUN_COLUMNS)
  .filter((name) => !KEPT.has(name))
  .map((name) =>
    SPARSE.has(name)
      ? `${name} = coalesce(excluded.${name}, task_run.${name})`
      : `${name} = excluded.${name}`,
  )
  .join(', ');

/** Writes task runs as their newest report has them; a report older than what is stored changes nothing. */
export const upsertTaskRuns = batchInsert(
  'task_run',
  RUN_COLUMNS,
  `ON CONFLICT (id) DO UPDATE SET ${assignments}
   WHERE task_run.state_timestamp IS NULL OR excluded.state_timestamp > task_run.state_timestamp`,
);

/** Writes the states of task runs; a known one is left out. */
export const insertTaskRunStates = batchInsert(
  'task_run_state',
  {
    id: 'TEXT',
    created: 'BIGINT',
    updated: 'BIGINT',
    task_run_id: 'TEXT',
    type: 'TEXT',
    timestamp: 'BIGINT',
    name: 'TEXT',
    message: 'TEXT',
    state_details: 'JSONB',
    data: 'JSONB',
  },
  'ON CONFLICT DO NOTHING',
);

export interface KnownTaskRun {
  readonly id: string;
  readonly flowRunId: string | null;
  readonly taskKey: string;
  readonly dynamicKey: string;
}

/** The stored task runs that have one of the ids, given as a JSON list. */
export const readTaskRunsById = statement<[ids: SqlValue], KnownTaskRun>({
  sqlite:
    'SELECT id, flow_run_id, task_key, dynamic_key FROM task_run WHERE id IN (SELECT value FROM json_each(?))',
  postgresql: `SELECT id, flow_run_id, task_key, dynamic_key FROM task_run
    WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))`,
});

/** The stored task runs with one of the natural keys, given as a JSON list of [flow run id, task key, dynamic key]. */
export const readTaskRunsByKey = statement<[keys: SqlValue], KnownTaskRun>({
  sqlite: `SELECT run.id, run.flow_run_id, run.task_key, run.dynamic_key FROM json_each(?) AS wanted
    JOIN task_run AS run ON run.flow_run_id = wanted.value ->> 0
      AND run.task_key = wanted.value ->> 1 AND run.dynamic_key = wanted.value ->> 2`,
  postgresql: `SELECT run.id, run.flow_run_id, run.task_key, run.dynamic_key
    FROM jsonb_array_elements(CAST(? AS JSONB)) AS wanted(value)
    JOIN task_run AS run ON run.flow_run_id = wanted.value ->> 0
      AND run.task_key = wanted.value ->> 1 AND run.dynamic_key = wanted.value ->> 2`,
});

/** Those of the flow runs, given as a JSON list of ids, that exist. */
export const readExistingFlowRuns = statement<[ids: SqlValue], { readonly id: string }>({
  sqlite: 'SELECT id FROM flow_run WHERE id IN (SELECT value FROM json_each(?))',
  postgresql:
    'SELECT id FROM flow_run WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))',
});

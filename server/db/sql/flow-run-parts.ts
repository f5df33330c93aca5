import type { FlowRunInputRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';
import { withLists } from './json-list.ts';

/** The task runs of a flow run that failed. */
export const readFailedTaskRuns = statement<[flowRunId: string], { readonly id: string }>(
  "SELECT id FROM task_run WHERE flow_run_id = ? AND state_type = 'FAILED' ORDER BY id",
);

/**
 * Keeps the flow runs of a JSON list, and those that stand below their task runs and lose them. Whoever keeps several
 * runs does so in the order of their ids, and before he keeps task runs.
 */
export const lockFlowRunsWithSubflows = statement<[ids: JsonText, again: JsonText]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL AND ? IS NULL',
  postgresql: `SELECT id FROM flow_run WHERE id IN (
      SELECT jsonb_array_elements_text(CAST(? AS JSONB)) UNION ALL
      SELECT subflow.id FROM task_run JOIN flow_run AS subflow ON subflow.parent_task_run_id = task_run.id
      WHERE task_run.flow_run_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))))
    ORDER BY id FOR UPDATE`,
});

/** Keeps the flow runs that stand below a task run. */
export const lockSubflowsOfTaskRun = statement<[taskRunId: string]>(
  'SELECT id FROM flow_run WHERE parent_task_run_id = ? ORDER BY id FOR NO KEY UPDATE',
);

/** Keeps the task runs of the flow runs of a JSON list. */
export const lockTaskRunsOfFlowRuns = statement<[flowRunIds: JsonText]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL',
  postgresql: `SELECT id FROM task_run
    WHERE flow_run_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR UPDATE`,
});

/** Keeps some of the task runs of a flow run. */
export const lockSomeTaskRuns = statement<
  [flowRunId: string, limit: number],
  { readonly id: string }
>('SELECT id FROM task_run WHERE flow_run_id = ? ORDER BY id LIMIT ? FOR UPDATE');

/** The leases on slots that the task runs of a JSON list hold. */
export const readLeasesOfTheseTaskRuns = statement<[ids: JsonText], { readonly id: string }>(
  withLists(
    (list) =>
      `SELECT id FROM concurrency_lease WHERE holder_type = 'task_run' AND holder_id IN ${list} ORDER BY id`,
  ),
);

/** The leases on slots that task runs of a flow run hold. */
export const readLeasesOfTaskRuns = statement<[flowRunId: string], { readonly id: string }>(
  `SELECT lease.id FROM task_run AS run JOIN concurrency_lease AS lease
    ON lease.holder_type = 'task_run' AND lease.holder_id = run.id
  WHERE run.flow_run_id = ? ORDER BY lease.id`,
);

/** Removes some of the logs of a run, as many as one commit should hold, and gives how many those were. */
export const deleteLogsOfFlowRun = statement<[flowRunId: string], { readonly seq: number }>(
  `DELETE FROM log WHERE seq IN (SELECT seq FROM log WHERE flow_run_id = ? LIMIT 5000)
  RETURNING seq`,
);

export const deleteLogsOfTaskRun = statement<[taskRunId: string], { readonly seq: number }>(
  `DELETE FROM log WHERE seq IN (SELECT seq FROM log WHERE task_run_id = ? LIMIT 5000)
  RETURNING seq`,
);

/** Only whether there is such a run. */
export const findFlowRun = statement<[id: string], { readonly id: string }>(
  'SELECT id FROM flow_run WHERE id = ?',
);

export const deleteFlowRunRow = statement<[id: string]>('DELETE FROM flow_run WHERE id = ?');

export const deleteTaskRunRow = statement<[id: string]>('DELETE FROM task_run WHERE id = ?');

/** Stores an input of a flow run; a key that is taken is refused. */
export const insertFlowRunInput = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    flowRunId: string,
    key: string,
    value: string,
    sender: string | null,
  ]
>(
  `INSERT INTO flow_run_input (id, created, updated, flow_run_id, key, value, sender)
  VALUES (?, ?, ?, ?, ?, ?, ?)`,
);

/** Stores what a paused flow run was given, in place of what it was given at an earlier attempt. */
export const putFlowRunInput = statement<
  [id: string, created: Micros, updated: Micros, flowRunId: string, key: string, value: string]
>(
  `INSERT INTO flow_run_input (id, created, updated, flow_run_id, key, value)
  VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (flow_run_id, key) DO UPDATE SET value = excluded.value, updated = excluded.updated`,
);

export const readFlowRunInputRow = statement<[flowRunId: string, key: string], FlowRunInputRow>(
  'SELECT * FROM flow_run_input WHERE flow_run_id = ? AND key = ?',
);

/** Inputs whose key begins with a text, without those of a JSON list of keys, oldest first. */
export const filterFlowRunInputRows = statement<
  [flowRunId: string, prefix: string, prefixAgain: string, excluded: JsonText, limit: number],
  FlowRunInputRow
>({
  sqlite: `SELECT * FROM flow_run_input
    WHERE flow_run_id = ? AND substr(key, 1, length(?)) = ?
      AND key NOT IN (SELECT value FROM json_each(?))
    ORDER BY created, id LIMIT ?`,
  postgresql: `SELECT * FROM flow_run_input
    WHERE flow_run_id = ? AND substr(key, 1, length(CAST(? AS TEXT))) = CAST(? AS TEXT)
      AND key NOT IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))
    ORDER BY created, id LIMIT ?`,
});

export const deleteFlowRunInput = statement<
  [flowRunId: string, key: string],
  { readonly id: string }
>('DELETE FROM flow_run_input WHERE flow_run_id = ? AND key = ? RETURNING id');

/** Gives a row when a flow run has more task runs than a number. */
export const hasMoreTaskRuns = statement<
  [flowRunId: string, than: number],
  { readonly id: string }
>('SELECT id FROM task_run WHERE flow_run_id = ? LIMIT 1 OFFSET ?');

/** Removes the task runs of a JSON list, with their states. */
export const deleteTheseTaskRuns = statement<[ids: JsonText]>(
  withLists((list) => `DELETE FROM task_run WHERE id IN ${list}`),
);

import type { FlowRunStateRow, TaskRunStateRow } from '#prisma/tables.ts';
import type { JsonValue } from '#server/json.ts';

import { statement } from '../statement.ts';

/** What the artifact holds that a state's result was put into. */
export interface StateResult {
  readonly result: JsonValue | null;
}

const select = (table: string): string =>
  `SELECT state.*, artifact.data AS result FROM ${table} AS state
   LEFT JOIN artifact ON artifact.id = state.result_artifact_id`;

export const readFlowRunStateRow = statement<[id: string], FlowRunStateRow & StateResult>(
  `${select('flow_run_state')} WHERE state.id = ?`,
);

/** The states of a flow run in the order in which it entered them. */
export const readFlowRunStateRows = statement<[flowRunId: string], FlowRunStateRow & StateResult>(
  `${select('flow_run_state')} WHERE state.flow_run_id = ? ORDER BY state.timestamp`,
);

export const readTaskRunStateRow = statement<[id: string], TaskRunStateRow & StateResult>(
  `${select('task_run_state')} WHERE state.id = ?`,
);

/** The states of a task run in the order in which it entered them. */
export const readTaskRunStateRows = statement<[taskRunId: string], TaskRunStateRow & StateResult>(
  `${select('task_run_state')} WHERE state.task_run_id = ? ORDER BY state.timestamp`,
);

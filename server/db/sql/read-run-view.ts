import type { FlowRunRow, TaskRunRow } from '#prisma/tables.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';

import { statement } from '../statement.ts';

/** What a run's row lacks of its state, which else it repeats. */
export interface StateColumns {
  readonly currentStateId: string | null;
  readonly currentStateMessage: string | null;
  readonly currentStateDetails: JsonObject | null;
  readonly currentStateData: JsonValue | null;
  /** What the artifact holds that the state's result was put into. */
  readonly currentStateResult: JsonValue | null;
}

export interface FlowRunViewRow extends FlowRunRow, StateColumns {
  /** The name of the queue that the run is in, as opposed to the one it was made with. */
  readonly queueName: string | null;
  readonly workPoolId: string | null;
  readonly workPoolName: string | null;
}

export type TaskRunViewRow = TaskRunRow & StateColumns;

/** The same as columns of `state` and of `result`, the artifact of the state. */
export const STATE_COLUMNS = `state.id AS current_state_id, state.message AS current_state_message,
  state.state_details AS current_state_details, state.data AS current_state_data, result.data AS current_state_result`;

/** A flow run with its state and work pool. */
export const readFlowRunView = statement<[id: string], FlowRunViewRow>(
  `SELECT flow_run.*, ${STATE_COLUMNS}, work_queue.name AS queue_name,
     work_queue.work_pool_id, work_pool.name AS work_pool_name
   FROM flow_run LEFT JOIN flow_run_state AS state ON state.id = flow_run.state_id
   LEFT JOIN artifact AS result ON result.id = state.result_artifact_id
   LEFT JOIN work_queue ON work_queue.id = flow_run.work_queue_id
   LEFT JOIN work_pool ON work_pool.id = work_queue.work_pool_id
   WHERE flow_run.id = ?`,
);

/** A task run with its state. */
export const readTaskRunView = statement<[id: string], TaskRunViewRow>(
  `SELECT task_run.*, ${STATE_COLUMNS}
   FROM task_run LEFT JOIN task_run_state AS state ON state.id = task_run.state_id
   LEFT JOIN artifact AS result ON result.id = state.result_artifact_id
   WHERE task_run.id = ?`,
);

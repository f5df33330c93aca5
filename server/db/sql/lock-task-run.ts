import type { TaskRunRow } from '#prisma/tables.ts';
import type { JsonObject } from '#server/json.ts';
import type { StateType } from '#server/orchestration/states.ts';

import { statement } from '../statement.ts';
import { CURRENT_STATE, type CurrentStateColumns } from './lock-flow-run.ts';

/** The flow run around a task run; all null when there is none. */
interface EnclosingFlowRunColumns {
  readonly enclosingId: string | null;
  readonly enclosingRunCount: number | null;
  readonly enclosingStateType: StateType | null;
  readonly enclosingStateDetails: JsonObject | null;
}

export type LockedTaskRun = TaskRunRow & CurrentStateColumns & EnclosingFlowRunColumns;

/** Reads a task run with its state and the flow run around it, and keeps it for this transaction. */
export const lockTaskRun = statement<[id: string], LockedTaskRun>(
  `SELECT run.*, ${CURRENT_STATE}, enclosing.id AS enclosing_id,
  enclosing.run_count AS enclosing_run_count, enclosing_state.type AS enclosing_state_type,
  enclosing_state.state_details AS enclosing_state_details FROM task_run AS run
  LEFT JOIN task_run_state AS state ON state.id = run.state_id
  LEFT JOIN artifact AS result ON result.id = state.result_artifact_id
  LEFT JOIN flow_run AS enclosing ON enclosing.id = run.flow_run_id
  LEFT JOIN flow_run_state AS enclosing_state ON enclosing_state.id = enclosing.state_id
  WHERE run.id = ? FOR NO KEY UPDATE OF run`,
);

/** The task run of one natural key; without a flow run it is the one that stands alone. */
export const findTaskRun = statement<
  [flowRunId: string, taskKey: string, dynamicKey: string],
  { readonly id: string }
>('SELECT id FROM task_run WHERE flow_run_id = ? AND task_key = ? AND dynamic_key = ?');

export const findTaskRunAlone = statement<
  [taskKey: string, dynamicKey: string],
  { readonly id: string }
>('SELECT id FROM task_run WHERE flow_run_id IS NULL AND task_key = ? AND dynamic_key = ? LIMIT 1');

/** What a new task run takes over from its flow run. */
export const readFlowRunForTaskRun = statement<
  [flowRunId: string],
  {
    readonly id: string;
    readonly labels: JsonObject | null;
    readonly runCount: number;
    readonly stateType: StateType | null;
  }
>('SELECT id, labels, run_count, state_type FROM flow_run WHERE id = ?');

import { statement } from '../statement.ts';

/** The task runs of a flow run that failed. */
export const readFailedTaskRuns = statement<[flowRunId: string], { readonly id: string }>(
  "SELECT id FROM task_run WHERE flow_run_id = ? AND state_type = 'FAILED' ORDER BY id",
);

export const deleteFlowRunInput = statement<
  [flowRunId: string, key: string],
  { readonly id: string }
>('DELETE FROM flow_run_input WHERE flow_run_id = ? AND key = ? RETURNING id');

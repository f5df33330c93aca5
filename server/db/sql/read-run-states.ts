import type { FlowRunStateRow, TaskRunStateRow } from '#prisma/tables.ts';

import { statement } from '../statement.ts';

export const readFlowRunStateRow = statement<[id: string], FlowRunStateRow>(
  'SELECT * FROM flow_run_state WHERE id = ?',
);

/** The states of a flow run in the order in which it entered them. */
export const readFlowRunStateRows = statement<[flowRunId: string], FlowRunStateRow>(
  'SELECT * FROM flow_run_state WHERE flow_run_id = ? ORDER BY timestamp',
);

export const readTaskRunStateRow = statement<[id: string], TaskRunStateRow>(
  'SELECT * FROM task_run_state WHERE id = ?',
);

/** The states of a task run in the order in which it entered them. */
export const readTaskRunStateRows = statement<[taskRunId: string], TaskRunStateRow>(
  'SELECT * FROM task_run_state WHERE task_run_id = ? ORDER BY timestamp',
);

import type { FlowRunStateRow, TaskRunStateRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import {
  type StateResult,
  readFlowRunStateRow,
  readFlowRunStateRows,
  readTaskRunStateRow,
  readTaskRunStateRows,
} from '#server/db/sql/read-run-states.ts';
import type { State } from '#server/orchestration/states.ts';

/** The state that a row of either kind of run holds. */
export const toState = (
  row: (FlowRunStateRow | TaskRunStateRow) & Partial<StateResult>,
): State => ({
  id: row.id,
  type: row.type,
  name: row.name,
  timestamp: row.timestamp,
  message: row.message,
  details: row.stateDetails,
  data: row.result ?? row.data,
});

/** The state of a flow run with the id, or null. */
export const readFlowRunState = async (ctx: Context, id: string): Promise<State | null> => {
  const row = await ctx.db.read(() => one(readFlowRunStateRow(id)));
  return row === null ? null : toState(row);
};

/** The states of a flow run, oldest first; empty for an unknown run. */
export const readFlowRunStates = async (
  ctx: Context,
  flowRunId: string,
): Promise<readonly State[]> =>
  (await ctx.db.read(() => rows(readFlowRunStateRows(flowRunId)))).map(toState);

/** The state of a task run with the id, or null. */
export const readTaskRunState = async (ctx: Context, id: string): Promise<State | null> => {
  const row = await ctx.db.read(() => one(readTaskRunStateRow(id)));
  return row === null ? null : toState(row);
};

/** The states of a task run, oldest first; empty for an unknown run. */
export const readTaskRunStates = async (
  ctx: Context,
  taskRunId: string,
): Promise<readonly State[]> =>
  (await ctx.db.read(() => rows(readTaskRunStateRows(taskRunId)))).map(toState);

import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readTaskRunView } from '#server/db/sql/read-run-view.ts';
import { notFound } from '#server/errors.ts';

import { type TaskRunView, toTaskRunView } from './task-run-view.ts';

/** The task run with the id, or null. */
export const readTaskRun = async (ctx: Context, id: string): Promise<TaskRunView | null> => {
  const row = await ctx.db.read(() => one(readTaskRunView(id)));
  return row === null ? null : toTaskRunView(row);
};

/** The task run with the id. Throws NOT_FOUND. */
export const requireTaskRun = async (ctx: Context, id: string): Promise<TaskRunView> => {
  const taskRun = await readTaskRun(ctx, id);
  if (taskRun === null) throw notFound('Task run', id);
  return taskRun;
};

import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readFlowRunView } from '#server/db/sql/read-run-view.ts';
import { notFound } from '#server/errors.ts';

import { type FlowRunView, toFlowRunView } from './flow-run-view.ts';

/** The flow run with the id, or null. */
export const readFlowRun = async (ctx: Context, id: string): Promise<FlowRunView | null> => {
  const row = await ctx.db.read(() => one(readFlowRunView(id)));
  return row === null ? null : toFlowRunView(row);
};

/** The flow run with the id. Throws NOT_FOUND. */
export const requireFlowRun = async (ctx: Context, id: string): Promise<FlowRunView> => {
  const flowRun = await readFlowRun(ctx, id);
  if (flowRun === null) throw notFound('Flow run', id);
  return flowRun;
};

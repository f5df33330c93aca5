import type { FlowRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { deleteFlowRow, lockFlow } from '#server/db/sql/flow-statements.ts';
import { notFound } from '#server/errors.ts';

import { recordFlow } from './flow-events.ts';

function* removeFlow(id: string): Script<FlowRow | null> {
  const stored = yield* one(lockFlow(id));
  if (stored === null) return null;
  yield* recordFlow('deleted', stored);
  yield* run(deleteFlowRow(id));
  return stored;
}

/** Removes a flow with its runs and deployments. NOT_FOUND when there is none. */
export const deleteFlow = (ctx: Context, id: string): Promise<FlowRow> =>
  ctx.db.write(function* () {
    const removed = yield* removeFlow(id);
    if (removed === null) throw notFound('Flow', id);
    return removed;
  });

/** Removes several flows at once and gives the ids of those that were there. */
export const deleteFlows = (ctx: Context, ids: readonly string[]): Promise<readonly string[]> =>
  ctx.db.write(function* () {
    const removed: string[] = [];
    for (const id of ids) {
      if ((yield* removeFlow(id)) !== null) removed.push(id);
    }
    return removed;
  });

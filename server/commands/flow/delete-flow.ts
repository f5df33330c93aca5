import type { FlowRow } from '#prisma/tables.ts';
import { inSteps } from '#server/commands/in-steps.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  deleteFlowRow,
  deleteSomeFlowRuns,
  hasMoreFlowRuns,
  lockFlow,
} from '#server/db/sql/flow-statements.ts';
import { notFound } from '#server/errors.ts';

import { recordFlow } from './flow-events.ts';

/** Runs that go with their flow in one commit, which holds up everybody on SQLite. */
const FEW_RUNS = 50;

/** Removes all but a few runs of a flow that is to be removed, some of them a commit. */
const thinOut = (ctx: Context, id: string): Promise<void> =>
  inSteps(ctx, function* () {
    if ((yield* one(hasMoreFlowRuns(id, FEW_RUNS))) === null) return false;
    yield* run(deleteSomeFlowRuns(id, FEW_RUNS));
    return true;
  });

function* removeFlow(id: string): Script<FlowRow | null> {
  const stored = yield* one(lockFlow(id));
  if (stored === null) return null;
  yield* recordFlow('deleted', stored);
  yield* run(deleteFlowRow(id));
  return stored;
}

/** Removes a flow with its runs and deployments. NOT_FOUND when there is none. */
export const deleteFlow = async (ctx: Context, id: string): Promise<FlowRow> => {
  await thinOut(ctx, id);
  return ctx.db.write(function* () {
    const removed = yield* removeFlow(id);
    if (removed === null) throw notFound('Flow', id);
    return removed;
  });
};

/** Removes several flows at once and gives the ids of those that were there. */
export const deleteFlows = async (
  ctx: Context,
  ids: readonly string[],
): Promise<readonly string[]> => {
  for (const id of ids) {
    // oxlint-disable-next-line no-await-in-loop -- one flow after the other, so that others can write between
    await thinOut(ctx, id);
  }
  return ctx.db.write(function* () {
    const removed: string[] = [];
    for (const id of ids) {
      if ((yield* removeFlow(id)) !== null) removed.push(id);
    }
    return removed;
  });
};

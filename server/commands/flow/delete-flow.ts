import type { FlowRow } from '#prisma/tables.ts';
import { flowRunsDeletion, thinOutFlowRun } from '#server/commands/flow-run/delete-flow-run.ts';
import type { Context } from '#server/context.ts';
import { type Script, rows, run } from '#server/db/script.ts';
import { lockDeploymentsOfFlows } from '#server/db/sql/deployment-rows.ts';
import {
  deleteFlowRow,
  lockFlows,
  readRunsOfFlows,
  readSomeFlowRuns,
} from '#server/db/sql/flow-statements.ts';
import { notFound } from '#server/errors.ts';
import { json } from '#server/json.ts';

import { recordFlow } from './flow-events.ts';

/** Runs that go with their flow in one commit, which holds up everybody on SQLite. */
const FEW_RUNS = 50;

/** Removes all but a few runs of a flow that is to be removed, some of them a commit. */
const thinOut = async (ctx: Context, id: string): Promise<void> => {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- some runs after the others, so that others can write between
    const some = await ctx.db.read(() => rows(readSomeFlowRuns(id, FEW_RUNS + 1)));
    const flowRunIds = some.slice(0, FEW_RUNS).map((found) => found.id);
    // oxlint-disable-next-line no-await-in-loop -- as above
    for (const flowRunId of flowRunIds) await thinOutFlowRun(ctx, flowRunId);
    if (some.length <= FEW_RUNS) return;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await ctx.db.write(() => flowRunsDeletion(ctx, { flowRunIds }));
  }
};

/** Removes flows with what is left of them and gives those that there were, from the top down. */
function* flowsDeletion(ctx: Context, ids: readonly string[]): Script<readonly FlowRow[]> {
  const list = json(ids);
  const flows = yield* rows(lockFlows(list));
  yield* run(lockDeploymentsOfFlows(list));
  const runs = yield* rows(readRunsOfFlows(list));
  yield* flowRunsDeletion(ctx, { flowRunIds: runs.map(({ id }) => id) });
  for (const flow of flows) {
    yield* recordFlow('deleted', flow);
    yield* run(deleteFlowRow(flow.id));
  }
  return flows;
}

/** Removes a flow with its runs and deployments. NOT_FOUND when there is none. */
export const deleteFlow = async (ctx: Context, id: string): Promise<FlowRow> => {
  await thinOut(ctx, id);
  const [removed] = await ctx.db.write(() => flowsDeletion(ctx, [id]));
  if (removed === undefined) throw notFound('Flow', id);
  return removed;
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
  const removed = await ctx.db.write(() => flowsDeletion(ctx, ids));
  const found = new Set(removed.map(({ id }) => id));
  return ids.filter((id) => found.has(id));
};

import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readCancellingRuns } from '#server/db/sql/next-due-run.ts';
import { json } from '#server/json.ts';

/** Flow runs of some queues that are to be stopped, each with the id of the state that says so. */
export const readCancellingFlowRuns = (
  ctx: Context,
  workQueueIds: readonly string[],
): Promise<readonly { readonly id: string; readonly stateId: string | null }[]> =>
  ctx.db.read(() => rows(readCancellingRuns(json(workQueueIds))));

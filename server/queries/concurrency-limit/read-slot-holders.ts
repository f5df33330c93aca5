import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readHoldersOfLimits } from '#server/db/sql/concurrency-lease.ts';
import { json } from '#server/json.ts';

/** The ids of the task runs that hold slots of each of the limits, those that have held them longest first. */
export const readTaskRunHolders = async (
  ctx: Context,
  limitIds: readonly string[],
): Promise<readonly (readonly string[])[]> => {
  const held = await ctx.db.read(() => rows(readHoldersOfLimits(json(limitIds), 'task_run')));
  const byLimit = Map.groupBy(held, ({ limitId }) => limitId);
  return limitIds.map((id) => (byLimit.get(id) ?? []).map(({ holderId }) => holderId));
};

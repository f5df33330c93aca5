import { deleteFlowRuns } from '#server/commands/flow-run/delete-flow-run.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readOldFlowRuns } from '#server/db/sql/delete-old-rows.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { removeArtifactsOfFlowRun } from './remove-orphans.ts';

/** Flow runs of one transaction: each may have many task runs, which go with it. */
const PER_TRANSACTION = 10;

/**
 * Removes the flow runs that ended longer ago than the settings keep them, with their logs and artifacts, and gives how
 * many. A subflow run is kept for as long as its parent, after which it is one of these.
 */
export const removeOldFlowRuns = async (ctx: Context): Promise<number> => {
  const { retentionPeriodSeconds, batchSize } = ctx.settings.services.vacuum;
  const before = addSeconds(nowMicros(), -retentionPeriodSeconds);
  let removed = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a batch follows the one before, so that others get their turn
    const old = await ctx.db.read(() => rows(readOldFlowRuns(before, batchSize)));
    for (let index = 0; index < old.length; index += PER_TRANSACTION) {
      const flowRunIds = old.slice(index, index + PER_TRANSACTION).map(({ id }) => id);
      // oxlint-disable-next-line no-await-in-loop -- as above
      const deleted = await deleteFlowRuns(ctx, { flowRunIds });
      for (const id of deleted) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        await removeArtifactsOfFlowRun(ctx, id);
      }
      removed += deleted.length;
    }
    if (old.length < batchSize) return removed;
  }
};

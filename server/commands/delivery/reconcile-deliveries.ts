import type { Context } from '#server/context.ts';
import { one, run } from '#server/db/script.ts';
import {
  deleteOldDeliveries,
  deleteSettledFlowRunDeliveries,
  deleteUnwantedCleanups,
  readDeliveriesToRemove,
} from '#server/db/sql/delivery-statements.ts';
import { deleteExpiredTaskWorkers } from '#server/db/sql/task-worker-statements.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { endExpiredDeliveries } from './settle-delivery.ts';

/** What was done or given up is remembered for a month, so that it does not come again. */
const KEPT_SECONDS = 30 * 86_400;
/** A cleanup that no worker came for in a day is of no use any more. */
const UNWANTED_SECONDS = 86_400;

export interface Reconciled {
  readonly returned: number;
  readonly givenUp: number;
}

/** Removes what nobody asks for any more, if there is any. */
const tidy = async (ctx: Context, limit: number): Promise<void> => {
  const kept = ctx.settings.workerChannel.cleanupCompletedIdempotencyRetentionSeconds;
  const now = nowMicros();
  const before = addSeconds(now, -(kept ?? KEPT_SECONDS));
  const unwanted = addSeconds(now, -UNWANTED_SECONDS);
  const due = await ctx.db.read(() => one(readDeliveriesToRemove(before, unwanted, now)));
  if (due === null || !(due.isOld || due.isSettled || due.isGone)) return;
  await ctx.db.write(function* () {
    yield* run(deleteOldDeliveries(before, limit));
    yield* run(deleteUnwantedCleanups(unwanted));
    yield* run(deleteSettledFlowRunDeliveries());
    yield* run(deleteExpiredTaskWorkers(now));
  });
};

/** Offers anew what was handed out and not acknowledged in time, and tidies up. */
export const reconcileDeliveries = async (ctx: Context, limit: number): Promise<Reconciled> => {
  const ended = await endExpiredDeliveries(ctx, limit);
  await tidy(ctx, limit);
  return ended;
};

import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { deleteOldChanges } from '#server/db/sql/delete-old-rows.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { BATCH, untilDone } from './until-done.ts';

/** A subscriber may be away for this long and still go on from its cursor. */
const JOURNAL_SECONDS = 24 * 3600;

/** Removes the entries of the journal that nobody goes on from any more, and gives how many. */
export const removeOldChanges = (ctx: Context): Promise<number> => {
  const before = addSeconds(nowMicros(), -JOURNAL_SECONDS);
  return untilDone(ctx, function* () {
    return (yield* rows(deleteOldChanges(before, BATCH))).length;
  });
};

import type { Context } from '#server/context.ts';
import type { Script } from '#server/db/script.ts';

/** Rows of one transaction: small enough that nobody waits for it. */
export const BATCH = 1000;

/** Repeats a batch until one finds less than a batch to remove; gives how many rows went. */
export const untilDone = async (ctx: Context, batch: () => Script<number>): Promise<number> => {
  let total = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction after the other, so that others get their turn
    const removed = await ctx.db.write(batch);
    total += removed;
    if (removed < BATCH) return total;
  }
};

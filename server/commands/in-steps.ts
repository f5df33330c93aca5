import type { Context } from '#server/context.ts';
import type { Script } from '#server/db/script.ts';

/** Repeats a script while it says that there is more to do, each time in a commit of its own, so that others get their turn. */
export const inSteps = async (ctx: Context, step: () => Script<boolean>): Promise<void> => {
  let hasMore: boolean;
  do {
    // oxlint-disable-next-line no-await-in-loop -- one commit after the other
    hasMore = await ctx.db.write(step);
  } while (hasMore);
};

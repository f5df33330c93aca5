import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { ping } from '#server/db/sql/ping.ts';

/** Ends when every event that was accepted before is stored and no write waits for its turn. */
export const waitUntilDrained = async (ctx: Context): Promise<void> => {
  await ctx.intake.whenIdle();
  // Writes keep their order, so whatever was asked for before this one is done with it.
  await ctx.db.write(() => one(ping()));
};

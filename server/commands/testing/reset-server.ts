import type { Context } from '#server/context.ts';
import { type Script, announce } from '#server/db/script.ts';
import { emptyTables } from '#server/db/sql/empty-tables.ts';
import { RESET_TOPIC } from '#server/events/bus.ts';

function* emptyEverything({ db }: Context): Script<void> {
  yield* emptyTables(db.dialect);
  yield* announce(RESET_TOPIC, '*');
}

/** Makes the server as good as new, without the shipped block types: nothing stored, nothing waiting, nothing remembered. */
export const resetServer = async (ctx: Context): Promise<void> => {
  await ctx.intake.discard();
  await ctx.db.write(() => emptyEverything(ctx));
};

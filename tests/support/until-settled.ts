import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';

import { waitFor } from './wait-for.ts';

/** Waits until those who follow a journal may read everything that it holds; only then is it past to who comes next. */
export const untilSettled = async (ctx: Context, table: 'event' | 'log'): Promise<void> => {
  const newest = ctx.db.builder.selectFrom(table).select((row) => row.fn.max('seq').as('seq'));
  await waitFor(
    async () => {
      const found = await ctx.db.read(() => one<{ readonly seq: number | null }>(newest));
      const settled = await ctx.db.settled();
      return settled[table] >= (found?.seq ?? 0);
    },
    { what: `all rows of ${table} to be settled` },
  );
};

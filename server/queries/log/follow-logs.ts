import type { LogRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { LogFilter } from '../filter-types.ts';
import { readRows } from '../select.ts';
import { whereLog } from '../where.ts';

const matching = (ctx: Context, filter: LogFilter) =>
  ctx.db.builder
    .selectFrom('log')
    .selectAll('log')
    .where(whereLog(expressionsFor(ctx.db.dialect.name), filter));

/** The lines past a number in the order in which they were taken in, none that could still be overtaken. */
export const readLogsAfter = async (
  ctx: Context,
  {
    filter,
    after,
    limit,
  }: { readonly filter: LogFilter; readonly after: number; readonly limit: number },
): Promise<readonly LogRow[]> => {
  const { log: upTo } = await ctx.db.settled();
  return readRows(
    ctx,
    matching(ctx, filter)
      .where('log.seq', '>', after)
      .where('log.seq', '<=', upTo)
      .orderBy('log.seq')
      .limit(limit),
  );
};

/** The newest lines, the oldest of them first. */
export const readLogTail = async (
  ctx: Context,
  { filter, limit }: { readonly filter: LogFilter; readonly limit: number },
): Promise<readonly LogRow[]> => {
  // By time, because the index of a run's lines is; the number only breaks ties.
  const found = await readRows(
    ctx,
    matching(ctx, filter).orderBy('log.timestamp', 'desc').orderBy('log.seq', 'desc').limit(limit),
  );
  return found.toReversed();
};

import type { WorkPoolRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { WorkPoolFilter } from '../filter-types.ts';
import type { CountOptions, Page } from '../page.ts';
import { countRows, readRows } from '../select.ts';
import { whereWorkPool } from '../where.ts';

/** The work pools that the filter admits, by name. */
export const filterWorkPools = (
  ctx: Context,
  { filter, page }: { readonly filter: WorkPoolFilter; readonly page: Page },
): Promise<readonly WorkPoolRow[]> =>
  readRows(
    ctx,
    ctx.db.builder
      .selectFrom('workPool')
      .selectAll('workPool')
      .where(whereWorkPool(expressionsFor(ctx.db.dialect.name), filter))
      .orderBy('workPool.name')
      .limit(page.limit)
      .offset(page.offset),
  );

/** How many work pools the filter admits; with a cap, at most one more than that. */
export const countWorkPools = (
  ctx: Context,
  { filter, cap }: CountOptions<WorkPoolFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('workPool')
      .select('workPool.id')
      .where(whereWorkPool(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );

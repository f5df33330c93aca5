import type { FlowRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { FlowFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, paged, readRows } from '../select.ts';
import { FLOW_ORDER, type FlowSort } from '../sort.ts';
import { whereFlow } from '../where.ts';

/** The flows that the filter admits. */
export const filterFlows = (
  ctx: Context,
  { filter, sort, page }: ListOptions<FlowFilter, FlowSort>,
): Promise<readonly FlowRow[]> =>
  readRows(
    ctx,
    paged(
      ctx.db.builder
        .selectFrom('flow')
        .selectAll('flow')
        .where(whereFlow(expressionsFor(ctx.db.dialect.name), filter)),
      FLOW_ORDER[sort],
      page,
    ),
  );

/** How many flows the filter admits; with a cap, at most one more than that. */
export const countFlows = (
  ctx: Context,
  { filter, cap }: CountOptions<FlowFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('flow')
      .select('flow.id')
      .where(whereFlow(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );

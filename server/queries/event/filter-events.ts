import type { EventRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { Page } from '../page.ts';
import { countRows, readRows } from '../select.ts';
import { type EventQuery, whereQueriedEvent } from './where-event.ts';

const matching = (ctx: Context, query: EventQuery) =>
  ctx.db.builder
    .selectFrom('event')
    .selectAll('event')
    .where(whereQueriedEvent(expressionsFor(ctx.db.dialect.name), query));

/** The stored events that a query admits, by the time at which they occurred. */
export const filterEvents = (
  ctx: Context,
  { query, page }: { readonly query: EventQuery; readonly page: Page },
): Promise<readonly EventRow[]> => {
  const direction = query.order === 'ASC' ? 'asc' : 'desc';
  return readRows(
    ctx,
    matching(ctx, query)
      .orderBy('event.occurred', direction)
      .orderBy('event.seq', direction)
      .limit(page.limit)
      .offset(page.offset),
  );
};

/** How many stored events a query admits. */
export const countEvents = (ctx: Context, query: EventQuery): Promise<number> =>
  countRows(ctx, matching(ctx, query));

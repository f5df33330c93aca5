import { sql } from 'kysely';

import type { EventRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { Page } from '../page.ts';
import { countRows, readRows } from '../select.ts';
import { type EventQuery, whereEvent } from './where-event.ts';

const matching = (ctx: Context, query: EventQuery) => {
  const admitted = ctx.db.builder
    .selectFrom('event')
    .selectAll('event')
    .where(whereEvent(expressionsFor(ctx.db.dialect.name), query));
  if (!query.isDistinct) return ctx.db.builder.selectFrom(admitted.as('found')).selectAll('found');
  const ranked = admitted.select(
    sql<number>`row_number() OVER (PARTITION BY ${sql.ref('event.resourceId')}
      ORDER BY ${sql.ref('event.occurred')} DESC, ${sql.ref('event.seq')} DESC)`.as('place'),
  );
  return ctx.db.builder
    .selectFrom(ranked.as('found'))
    .selectAll('found')
    .where('found.place', '=', 1);
};

/** The stored events that a query admits, by the time at which they occurred. */
export const filterEvents = (
  ctx: Context,
  { query, page }: { readonly query: EventQuery; readonly page: Page },
): Promise<readonly EventRow[]> => {
  const direction = query.order === 'ASC' ? 'asc' : 'desc';
  return readRows(
    ctx,
    matching(ctx, query)
      .orderBy('found.occurred', direction)
      .orderBy('found.seq', direction)
      .limit(page.limit)
      .offset(page.offset),
  );
};

/** How many stored events a query admits. */
export const countEvents = (ctx: Context, query: EventQuery): Promise<number> =>
  countRows(ctx, matching(ctx, query));

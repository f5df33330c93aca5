import type { EventRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import { readEnds } from '../journal/read-changes.ts';
import { readRows } from '../select.ts';
import { type EventQuery, whereEvent } from './where-event.ts';

/** How many events one look passes over at most, whether they are wanted or not. */
const MAX_PASSED = 5000;

const matching = (ctx: Context, query: EventQuery) =>
  ctx.db.builder
    .selectFrom('event')
    .selectAll('event')
    .where(whereEvent(expressionsFor(ctx.db.dialect.name), query));

/** Some events of a stream: `reached` is the number up to which nothing is left to be read. */
export interface EventStretch {
  readonly events: readonly EventRow[];
  readonly reached: number;
  readonly hasMore: boolean;
}

/** The events past a number in the order in which they were stored, none that could still be overtaken. */
export const readEventsAfter = async (
  ctx: Context,
  {
    query,
    after,
    limit,
  }: { readonly query: EventQuery; readonly after: number; readonly limit: number },
): Promise<EventStretch> => {
  const { lastEvent } = await readEnds(ctx);
  const upTo = Math.min(lastEvent, after + MAX_PASSED);
  if (upTo <= after) return { events: [], reached: after, hasMore: false };
  const events = await readRows(
    ctx,
    matching(ctx, query)
      .where('event.seq', '>', after)
      .where('event.seq', '<=', upTo)
      .orderBy('event.seq')
      .limit(limit),
  );
  const reached = events.length === limit ? (events.at(-1)?.seq ?? upTo) : upTo;
  return { events, reached, hasMore: reached < lastEvent };
};

/** The newest events up to a number by the time at which they occurred, the oldest of them first. */
export const readEventTail = async (
  ctx: Context,
  {
    query,
    upTo,
    limit,
  }: { readonly query: EventQuery; readonly upTo: number; readonly limit: number },
): Promise<readonly EventRow[]> => {
  const found = await readRows(
    ctx,
    matching(ctx, query)
      .where('event.seq', '<=', upTo)
      .orderBy('event.occurred', 'desc')
      .orderBy('event.seq', 'desc')
      .limit(limit),
  );
  return found.toReversed();
};

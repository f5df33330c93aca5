import { sql } from 'kysely';

import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { ServerError } from '#server/errors.ts';
import { type Micros, MICROS_PER_SECOND, micros, nowMicros } from '#server/time.ts';

import { readManyRows } from '../select.ts';
import { type EventQuery, whereEvent } from './where-event.ts';

export interface EventCount {
  readonly value: string;
  readonly label: string;
  readonly count: number;
  readonly start: Micros;
  readonly end: Micros;
}

const MAX_BUCKETS = 1000;

/** How many events occurred in each span of so many seconds; spans begin at multiples of it since 1970. */
export const countEventsByTime = async (
  ctx: Context,
  { query, spanSeconds }: { readonly query: EventQuery; readonly spanSeconds: number },
): Promise<readonly { readonly start: Micros; readonly end: Micros; readonly count: number }[]> => {
  const { since, until } = query.filter;
  const span = Math.round(spanSeconds * MICROS_PER_SECOND);
  const asked = Math.ceil((until - since) / span);
  if (asked > MAX_BUCKETS) {
    throw new ServerError(
      'INVALID',
      `The given interval would create ${asked} buckets, which is too many. Please increase the interval or reduce the time range to produce ${MAX_BUCKETS} buckets or fewer.`,
    );
  }
  const found = await readManyRows(
    ctx,
    ctx.db.builder
      .selectFrom('event')
      .select((eb) => [
        // The cast is for SQLite, whose driver binds every number as a float.
        sql<number>`CAST(${eb.ref('event.occurred')} / ${sql.lit(span)} AS BIGINT)`.as('bucket'),
        eb.fn.countAll<number>().as('count'),
      ])
      .where(whereEvent(expressionsFor(ctx.db.dialect.name), query))
      .groupBy(sql`1`),
  );
  const counts = new Map(found.map((row) => [row.bucket, row.count]));
  const first = Math.floor(since / span);
  // What lies ahead cannot have occurred: the last span is the one that holds the present.
  const last = Math.floor(Math.min(until, nowMicros()) / span);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_unused, index) => ({
    start: micros((first + index) * span),
    end: micros((first + index + 1) * span - 1),
    count: counts.get(first + index) ?? 0,
  }));
};

/** How many events there are of each name, or about each resource, the most frequent first. */
export const countEventsBy = async (
  ctx: Context,
  { query, by }: { readonly query: EventQuery; readonly by: 'event' | 'resource' },
): Promise<readonly EventCount[]> => {
  const label =
    by === 'event'
      ? sql<string>`${sql.ref('event.event')}`
      : sql<string>`coalesce(${sql.ref('event.resource')} ->> 'prefect.resource.name',
          ${sql.ref('event.resource')} ->> 'prefect.name', ${sql.ref('event.resourceId')})`;
  const found = await readManyRows(
    ctx,
    ctx.db.builder
      .selectFrom('event')
      .select((eb) => [
        sql<string>`${sql.ref(by === 'event' ? 'event.event' : 'event.resourceId')}`.as('value'),
        sql<string>`max(${label})`.as('label'),
        eb.fn.countAll<number>().as('count'),
        eb.fn.min('event.occurred').as('start'),
        eb.fn.max('event.occurred').as('end'),
      ])
      .where(whereEvent(expressionsFor(ctx.db.dialect.name), query))
      .groupBy(sql`1`)
      .orderBy('count', 'desc')
      .orderBy('label'),
  );
  return found.map((row) => ({ ...row, start: micros(row.start), end: micros(row.end) }));
};

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
/** The Monday 2024-04-01, at which a span of any length begins. */
const PIVOT = micros(1_711_929_600 * MICROS_PER_SECOND);

/** Refuses to cut a range of events into more than a thousand spans of so many seconds: INVALID. */
export const requireFewBuckets = ({ filter }: EventQuery, spanSeconds: number): void => {
  const asked = Math.ceil((filter.until - filter.since) / (spanSeconds * MICROS_PER_SECOND));
  if (asked <= MAX_BUCKETS) return;
  throw new ServerError(
    'INVALID',
    `The given interval would create ${asked} buckets, which is too many. Please increase the interval or reduce the time range to produce ${MAX_BUCKETS} buckets or fewer.`,
  );
};

/** How many events occurred in each span of so many seconds; one of them begins on a Monday in 2024. */
export const countEventsByTime = async (
  ctx: Context,
  { query, spanSeconds }: { readonly query: EventQuery; readonly spanSeconds: number },
): Promise<readonly { readonly start: Micros; readonly end: Micros; readonly count: number }[]> => {
  const { since, until } = query.filter;
  const span = Math.round(spanSeconds * MICROS_PER_SECOND);
  const shift = PIVOT % span;
  requireFewBuckets(query, spanSeconds);
  const found = await readManyRows(
    ctx,
    ctx.db.builder
      .selectFrom('event')
      .select((eb) => [
        // The cast is for SQLite, whose driver binds every number as a float.
        sql<number>`CAST((${eb.ref('event.occurred')} - ${sql.lit(shift)}) / ${sql.lit(span)} AS BIGINT)`.as(
          'bucket',
        ),
        eb.fn.countAll<number>().as('count'),
      ])
      .where(whereEvent(expressionsFor(ctx.db.dialect.name), query))
      .groupBy(sql`1`),
  );
  const counts = new Map(found.map((row) => [row.bucket, row.count]));
  const first = Math.floor((since - shift) / span);
  // What lies ahead cannot have occurred: the last span is the one that holds the present.
  const last = Math.floor((Math.min(until, nowMicros()) - shift) / span);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_unused, index) => ({
    start: micros((first + index) * span + shift),
    end: micros((first + index + 1) * span + shift - 1),
    count: counts.get(first + index) ?? 0,
  }));
};

/**
 * How many events there are of each name, or about each resource, the most frequent first. A resource is called what
 * its newest event calls it.
 */
export const countEventsBy = async (
  ctx: Context,
  { query, by }: { readonly query: EventQuery; readonly by: 'event' | 'resource' },
): Promise<readonly EventCount[]> => {
  const { builder, dialect } = ctx.db;
  const label =
    by === 'event'
      ? sql<string>`${sql.ref('event.event')}`
      : sql<string>`coalesce(${sql.ref('event.resource')} ->> 'prefect.resource.name',
          ${sql.ref('event.resource')} ->> 'prefect.name', ${sql.ref('event.resourceId')})`;
  const byLabel = builder
    .selectFrom('event')
    .select((eb) => [
      sql<string>`${sql.ref(by === 'event' ? 'event.event' : 'event.resourceId')}`.as('value'),
      label.as('label'),
      eb.fn.countAll<number>().as('count'),
      eb.fn.min('event.occurred').as('oldest'),
      eb.fn.max('event.occurred').as('latest'),
    ])
    .where(whereEvent(expressionsFor(dialect.name), query))
    .groupBy([sql`1`, sql`2`]);
  const renamed = builder
    .selectFrom(byLabel.as('byLabel'))
    .select(['value', 'count', 'oldest', 'latest'])
    .select(
      sql<string>`first_value(label) OVER (PARTITION BY value ORDER BY latest DESC)`.as('label'),
    );
  const found = await readManyRows(
    ctx,
    builder
      .selectFrom(renamed.as('renamed'))
      .select((eb) => [
        'value',
        'label',
        sql<number>`CAST(sum(${eb.ref('count')}) AS BIGINT)`.as('total'),
        eb.fn.min('oldest').as('start'),
        eb.fn.max('latest').as('end'),
      ])
      .groupBy(['value', 'label'])
      .orderBy('total', 'desc')
      .orderBy('label'),
  );
  return found.map(({ value, label: name, total, start, end }) => ({
    value,
    label: name,
    count: total,
    start: micros(start),
    end: micros(end),
  }));
};

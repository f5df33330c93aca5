import type { IncomingMessage } from 'node:http';

import { z } from 'zod';

import type { EventRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import {
  type EventCount,
  countEventsBy,
  countEventsByTime,
  requireFewBuckets,
} from '#server/queries/event/count-events.ts';
import { countEvents, filterEvents } from '#server/queries/event/filter-events.ts';
import type { EventQuery } from '#server/queries/event/where-event.ts';
import { formatInstant } from '#server/time.ts';

import { eventCountAnswer, eventPageAnswer } from './answers/event.ts';
import { parametersBody } from './body.ts';
import { type EventPageToken, readPageToken, writePageToken } from './event-page-token.ts';
import { type Reply, answer, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { sourcedEventQuery } from './wire/filters/event-filter.ts';
import { integer, number } from './wire/pydantic/number.ts';
import { choice, text } from './wire/pydantic/scalar.ts';
import { openModel } from './wire/pydantic/shapes.ts';

const PAGE_SIZE = 50;
const SMALLEST_INTERVAL = 0.01;
const UNIT_SECONDS = { week: 604_800, day: 86_400, hour: 3600, minute: 60, second: 1 } as const;
const UNITS = ['week', 'day', 'hour', 'minute', 'second'] as const;

const eventToWire = (event: EventRow) => ({
  occurred: formatInstant(event.occurred),
  event: event.event,
  resource: event.resource,
  related: event.related,
  payload: event.payload,
  id: event.id,
  follows: event.follows,
  received: formatInstant(event.received),
});

const answerPage = async (
  ctx: Context,
  headers: IncomingMessage['headers'],
  token: EventPageToken,
): Promise<Reply> => {
  const { query, source, limit, offset, total } = token;
  const events = await filterEvents(ctx, { query, page: { limit, offset } });
  const next = { query, source, limit, offset: offset + limit, total };
  const hasMore = next.offset < total;
  const base = `http://${headers.host ?? 'localhost'}${ctx.settings.api.basePath ?? '/api'}`;
  return answer({
    events: events.map(eventToWire),
    total,
    next_page: hasMore
      ? `${base}/events/filter/next?page-token=${encodeURIComponent(writePageToken(next))}`
      : null,
  });
};

const COUNTABLES = ['day', 'time', 'event', 'resource'] as const;

type Countable = (typeof COUNTABLES)[number];

interface CountRequest {
  readonly query: EventQuery;
  readonly unit: (typeof UNITS)[number];
  readonly interval: number;
}

const countBuckets = async (
  ctx: Context,
  { query, unit, interval }: CountRequest,
): Promise<readonly EventCount[]> => {
  const spanSeconds = UNIT_SECONDS[unit] * interval;
  const counts = await countEventsByTime(ctx, { query, spanSeconds });
  return counts.map((counted, index) => ({
    ...counted,
    value: String(index),
    label: formatInstant(counted.start).replace('Z', '+00:00'),
  }));
};

const countAs = async (
  ctx: Context,
  countable: Countable,
  asked: CountRequest,
): Promise<readonly EventCount[]> => {
  // The spans are looked at whatever is counted.
  requireFewBuckets(asked.query, UNIT_SECONDS[asked.unit] * asked.interval);
  switch (countable) {
    case 'day':
      return countBuckets(ctx, { query: asked.query, unit: 'day', interval: 1 });
    case 'time':
      return countBuckets(ctx, asked);
    case 'event':
    case 'resource':
      return countEventsBy(ctx, { query: asked.query, by: countable });
  }
};

const countRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/events/count-by/{countable}',
    parts: { countable: choice(COUNTABLES) },
    answers: z.array(eventCountAnswer),
    body: parametersBody({
      filter: sourcedEventQuery,
      time_unit: choice(UNITS).default('day'),
      time_interval: number({ atLeast: SMALLEST_INTERVAL }).default(1),
    }),
    handle: async ({ body: { filter, time_unit: unit, time_interval: interval }, param }) => {
      const countable = COUNTABLES.find((word) => word === param('countable')) ?? 'day';
      const counts = await countAs(ctx, countable, { query: filter.query, unit, interval });
      return answer(
        counts.map(({ value, label, count, start, end }) => ({
          value,
          label,
          count,
          start_time: formatInstant(start),
          end_time: formatInstant(end),
        })),
      );
    },
  });

/** What clients ask about stored events. */
export const eventListRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/events/filter',
    answers: eventPageAnswer,
    body: parametersBody({
      filter: sourcedEventQuery.default(() => sourcedEventQuery.parse({})),
      limit: integer({ atLeast: 0, atMost: PAGE_SIZE }).default(PAGE_SIZE),
    }),
    handle: async ({ body: { filter, limit }, headers }) => {
      const total = await countEvents(ctx, filter.query);
      return answerPage(ctx, headers, { ...filter, limit, offset: 0, total });
    },
  }),
  route({
    method: 'GET',
    path: '/events/filter/next',
    answers: eventPageAnswer,
    query: openModel({ 'page-token': text() }),
    handle: ({ query, headers }) => {
      const token = readPageToken(query['page-token']);
      return token === null ? refusal(403, 'Forbidden') : answerPage(ctx, headers, token);
    },
  }),
  countRoute(ctx),
];

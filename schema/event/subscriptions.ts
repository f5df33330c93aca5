import { micros } from '#server/time.ts';

import { builder } from '../builder.ts';
import { MAX_PAGE } from '../shared/page-arguments.ts';
import { BACKFILL, Backfill } from '../streams/backfill.ts';
import { AFTER, CURSOR } from '../streams/descriptions.ts';
import { type EventBatch as EventBatchShape, followEvents } from '../streams/event-batches.ts';
import { EventFilter, toEventQuery } from './filter.ts';
import { Event, asEvent } from './object.ts';

const MAX_TAIL = 1000;
/** Where a filter that names no end ends: what will occur is wanted as well. */
const NEVER = micros(Number.MAX_SAFE_INTEGER);

const EventBatch = builder.objectRef<EventBatchShape>('EventBatch').implement({
  description: 'Events that came together.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: CURSOR }),
    events: t.field({
      type: [Event],
      description: 'The events.',
      resolve: ({ events }) => events.map(asEvent),
    }),
    hasMore: t.exposeBoolean('hasMore', {
      description: 'Whether more of the past follows at once.',
    }),
    live: t.exposeBoolean('live', { description: 'Whether the stream has caught up.' }),
  }),
});

builder.subscriptionField('events', (t) =>
  t.field({
    type: EventBatch,
    description: 'Events in the order in which they were stored, each at least once.',
    args: {
      filter: t.arg({
        type: EventFilter,
        required: true,
        description:
          'Which events; without an end, those to come as well. `distinct` counts for nothing.',
      }),
      after: t.arg.string({ description: AFTER }),
      backfill: t.arg({ type: Backfill, defaultValue: 'TAIL', description: BACKFILL }),
      tail: t.arg.int({
        defaultValue: MAX_PAGE,
        description: 'How many events a TAIL has, at most 1000.',
      }),
    },
    subscribe: (_root, { filter, after, backfill, tail }, ctx) => {
      const before = filter.occurred?.before ?? NEVER;
      return followEvents(ctx.server, {
        query: toEventQuery({ ...filter, occurred: { ...filter.occurred, before } }),
        after: after ?? null,
        backfill: backfill ?? 'TAIL',
        tail: Math.min(MAX_TAIL, Math.max(0, tail ?? MAX_PAGE)),
      });
    },
    resolve: (batch) => batch,
  }),
);

import { GraphQLError } from 'graphql';

import {
  type EventCount as EventCountShape,
  countEventsBy,
  countEventsByTime,
} from '#server/queries/event/count-events.ts';
import { formatInstant } from '#server/time.ts';

import { builder } from '../builder.ts';
import { FILTER } from '../shared/list-arguments.ts';
import { EventFilter, toEventQuery } from './filter.ts';

const SMALLEST_INTERVAL = 0.01;

const EventCountable = builder.enumType('EventCountable', {
  description: 'What events may be counted by.',
  values: {
    DAY: { description: 'The day on which they occurred.' },
    TIME: { description: 'The stretch of time in which they occurred.' },
    EVENT: { description: 'Their name.' },
    RESOURCE: { description: 'The resource they are about.' },
  },
});

const TimeUnit = builder.enumType('TimeUnit', {
  description: 'What a stretch of time is measured in.',
  values: {
    WEEK: { description: 'Seven days.' },
    DAY: { description: 'Twenty-four hours.' },
    HOUR: { description: 'Sixty minutes.' },
    MINUTE: { description: 'Sixty seconds.' },
    SECOND: { description: 'One second.' },
  },
});

const UNIT_SECONDS: Readonly<Record<typeof TimeUnit.$inferType, number>> = {
  WEEK: 604_800,
  DAY: 86_400,
  HOUR: 3600,
  MINUTE: 60,
  SECOND: 1,
};

const EventCount = builder.objectRef<EventCountShape>('EventCount').implement({
  description: 'How many events have something in common.',
  fields: (t) => ({
    value: t.exposeString('value', {
      description: 'What they have in common: a name, the id of a resource, or a place in time.',
    }),
    label: t.exposeString('label', { description: 'The same for readers.' }),
    count: t.exposeInt('count', { description: 'How many events.' }),
    startTime: t.expose('start', {
      type: 'DateTime',
      description: 'When the stretch begins, or the first of them occurred.',
    }),
    endTime: t.expose('end', {
      type: 'DateTime',
      description: 'When the stretch ends, or the last of them occurred.',
    }),
  }),
});

const requireInterval = (interval: number): number => {
  if (interval >= SMALLEST_INTERVAL) return interval;
  throw new GraphQLError(`\`timeInterval\` is at least ${SMALLEST_INTERVAL}.`, {
    extensions: { code: 'BAD_USER_INPUT' },
  });
};

builder.queryField('eventCounts', (t) =>
  t.field({
    type: [EventCount],
    description: 'How many events there are in each stretch of time, of each name or resource.',
    args: {
      filter: t.arg({ type: EventFilter, required: true, description: FILTER }),
      by: t.arg({ type: EventCountable, required: true, description: 'What to count by.' }),
      timeUnit: t.arg({
        type: TimeUnit,
        defaultValue: 'DAY',
        description: 'What a stretch of TIME is measured in.',
      }),
      timeInterval: t.arg.float({
        defaultValue: 1,
        description: 'How many units a stretch of TIME has, at least 0.01.',
      }),
    },
    resolve: async (_root, { filter, by, timeUnit, timeInterval }, { server }) => {
      const query = toEventQuery(filter);
      if (by === 'EVENT' || by === 'RESOURCE') {
        const counts = await countEventsBy(server, {
          query,
          by: by === 'EVENT' ? 'event' : 'resource',
        });
        return [...counts];
      }
      const spanSeconds =
        by === 'DAY'
          ? UNIT_SECONDS.DAY
          : UNIT_SECONDS[timeUnit ?? 'DAY'] * requireInterval(timeInterval ?? 1);
      const counts = await countEventsByTime(server, { query, spanSeconds });
      return counts.map((count, index) => ({
        ...count,
        value: String(index),
        label: formatInstant(count.start),
      }));
    },
  }),
);

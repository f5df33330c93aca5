import { readEvents } from '#server/queries/event/read-events.ts';

import { builder } from '../builder.ts';
import { FlowRun } from '../flow-run/object.ts';
import { resolveConnection } from '../shared/connection.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { EventOrder } from '../shared/orders.ts';
import { storedId } from '../shared/where-unique.ts';
import { EventFilter, toEventQuery } from './filter.ts';
import { EVENTS } from './list.ts';
import { Event, EventConnection, asEvent } from './object.ts';

builder.queryField('event', (t) =>
  t.field({
    type: Event,
    nullable: true,
    description: 'One event, or null.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: async (_root, { id }, { server }) => {
      const found = (await readEvents(server, [storedId(id)])).get(storedId(id));
      return found === undefined ? null : asEvent(found);
    },
  }),
);

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    description: 'Events, the one that occurred last first unless an order is given.',
    args: {
      filter: t.arg({ type: EventFilter, required: true, description: FILTER }),
      orderBy: t.arg({ type: EventOrder, description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, { filter, orderBy, ...args }, ctx, info) =>
      resolveConnection(ctx, info, {
        source: EVENTS,
        args: { ...args, orderBy: orderBy ? [orderBy] : null },
        within: { query: toEventQuery(filter) },
      }),
  }),
);

builder.prismaObjectField(FlowRun, 'relatedEvents', (t) =>
  t.field({
    type: EventConnection,
    description: 'Events that have to do with it, the one that occurred last first.',
    args: { filter: t.arg({ type: EventFilter, description: FILTER }), ...pageArguments() },
    resolve: ({ id }, { filter, ...args }, ctx, info) => {
      const own = { id: { in: [`prefect.flow-run.${id}`] } };
      const query = toEventQuery({ ...filter, anyResource: [...(filter?.anyResource ?? []), own] });
      return resolveConnection(ctx, info, { source: EVENTS, args, within: { query } });
    },
  }),
);

import type { EventRow } from '#prisma/tables.ts';
import { type EventResource as Labels, RESOURCE_ID, RESOURCE_ROLE } from '#server/events/event.ts';
import { isJsonObject, type JsonValue } from '#server/json.ts';
import { readEvents } from '#server/queries/event/read-events.ts';

import { builder } from '../builder.ts';
import { batched } from '../shared/batch.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { Node } from '../shared/interfaces.ts';

export interface EventShape extends EventRow {
  readonly __typename: 'Event';
}

/** A stored event as an object of any of the types above it. */
export const asEvent = (row: EventRow): EventShape => ({ ...row, __typename: 'Event' });

const labelsIn = (column: JsonValue): Labels =>
  isJsonObject(column)
    ? Object.fromEntries(
        Object.entries(column).flatMap(([name, label]) =>
          typeof label === 'string' ? [[name, label]] : [],
        ),
      )
    : {};

export const EventResource = builder.objectRef<Labels>('EventResource').implement({
  description: 'Something that an event is about or has to do with.',
  fields: (t) => ({
    id: t.string({
      description: 'Its name in events, such as `prefect.flow-run.<id>`.',
      resolve: (labels) => labels[RESOURCE_ID] ?? '',
    }),
    name: t.string({
      nullable: true,
      description: 'Its name for readers.',
      resolve: (labels) => labels['prefect.resource.name'] ?? labels['prefect.name'] ?? null,
    }),
    role: t.string({
      nullable: true,
      description: 'Its part in the event; the resource that the event is about has none.',
      resolve: (labels) => labels[RESOURCE_ROLE] ?? null,
    }),
    labels: t.field({
      type: 'JSONObject',
      description: 'All that is said of it.',
      resolve: (labels) => labels,
    }),
  }),
});

export const Event = builder.objectRef<EventShape>('Event').implement({
  description: 'Something that happened.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'Its id; an event that tells of a state has the id of the state.',
    }),
    occurred: t.expose('occurred', { type: 'DateTime', description: 'When it happened.' }),
    received: t.expose('received', { type: 'DateTime', description: 'When it was taken in.' }),
    event: t.exposeString('event', {
      description: 'Its name, such as prefect.flow-run.Completed.',
    }),
    resource: t.field({
      type: EventResource,
      description: 'What it is about.',
      resolve: ({ resource }) => labelsIn(resource),
    }),
    related: t.field({
      type: [EventResource],
      description: 'What else has to do with it.',
      resolve: ({ related }) => (Array.isArray(related) ? related.map(labelsIn) : []),
    }),
    payload: t.field({
      type: 'JSONObject',
      description: 'What more it tells.',
      resolve: ({ payload }) => (isJsonObject(payload) ? payload : {}),
    }),
    follows: t.exposeID('follows', {
      nullable: true,
      description: 'The id of the event that must be looked at before it.',
    }),
  }),
});

builder.objectField(Event, 'followsEvent', (t) =>
  t.field({
    type: Event,
    nullable: true,
    description: 'The event that must be looked at before it; null when it is not there.',
    resolve: ({ follows }, _args, ctx, info) =>
      follows === null
        ? null
        : batched<string, EventShape | null>(ctx, info, {
            key: follows,
            purpose: 'event',
            load: async (ids) => {
              const found = await readEvents(ctx.server, ids);
              return ids.map((id) => {
                const event = found.get(id);
                return event === undefined ? null : asEvent(event);
              });
            },
          }),
  }),
);

export const EventConnection = defineConnection<EventShape>(
  { name: 'Event', plural: 'events' },
  Event,
);

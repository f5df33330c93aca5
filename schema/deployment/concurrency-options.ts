import { type JsonObject, isJsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';

export const ConcurrencyLimitStrategy = builder.enumType('ConcurrencyLimitStrategy', {
  description: 'What happens to a run beyond the bound of its deployment.',
  values: {
    ENQUEUE: { description: 'It waits.' },
    CANCEL_NEW: { description: 'It is cancelled.' },
  },
});

export const ConcurrencyOptions = builder.objectRef<JsonObject>('ConcurrencyOptions').implement({
  description: 'How a deployment keeps to its bound.',
  fields: (t) => ({
    collisionStrategy: t.field({
      type: ConcurrencyLimitStrategy,
      description: 'What happens to a run beyond it.',
      resolve: (options) =>
        options['collision_strategy'] === 'CANCEL_NEW' ? 'CANCEL_NEW' : 'ENQUEUE',
    }),
    gracePeriodSeconds: t.int({
      nullable: true,
      description: 'How long a run that was handed out keeps its place before it starts.',
      resolve: ({ grace_period_seconds: seconds }) =>
        typeof seconds === 'number' ? seconds : null,
    }),
  }),
});

/** The options in a JSON column, or null. */
export const concurrencyOptionsIn = (column: unknown): JsonObject | null =>
  isJsonObject(column) ? column : null;

export const ConcurrencyLimit = builder.prismaObject('ConcurrencyLimitV2', {
  name: 'ConcurrencyLimit',
  description: 'A bound on how much goes on at once.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (limit) => `prefect.concurrency-limit.${limit.id}`,
    }),
    name: t.exposeString('name', { description: 'Its name.' }),
    active: t.exposeBoolean('active', { description: 'Whether it bounds anything now.' }),
    limit: t.exposeInt('limit', { description: 'How many slots there are.' }),
    activeSlots: t.exposeInt('activeSlots', { description: 'How many slots are taken.' }),
    deniedSlots: t.exposeInt('deniedSlots', {
      description: 'How many slots were lately asked for in vain.',
    }),
    slotDecayPerSecond: t.exposeFloat('slotDecayPerSecond', {
      description: 'How many taken slots free themselves in a second.',
    }),
    avgSlotOccupancySeconds: t.exposeFloat('avgSlotOccupancySeconds', {
      description: 'How long a slot is taken on average.',
    }),
  }),
});

import { type JsonObject, isJsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';

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

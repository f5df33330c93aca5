import { type JsonObject, type JsonValue, isJsonObject, stringList } from '#server/json.ts';

import { builder } from '../builder.ts';

const SECONDS = 1_000_000;

/** Seconds of a duration that is kept in microseconds. */
export const toSeconds = (micros: number | bigint): number => Number(micros) / SECONDS;

/** A JSON column as Prisma gives it. */
export type JsonColumn = unknown;

/** The object in a JSON column; empty when there is none. */
export const objectIn = (column: JsonColumn): JsonObject => (isJsonObject(column) ? column : {});

/** The texts in a JSON column. */
export const textsIn = (column: JsonColumn): string[] =>
  // A JSON column holds JSON; `stringList` looks at each value of it.
  [...stringList((column ?? null) as JsonValue)];

const textOf = (value: JsonObject, key: string): string | null => {
  const found = value[key];
  return typeof found === 'string' ? found : null;
};

export const Actor = builder.objectRef<JsonObject>('Actor').implement({
  description: 'Who made or changed something.',
  fields: (t) => ({
    id: t.id({
      nullable: true,
      description: 'The id of it.',
      resolve: (actor) => textOf(actor, 'id'),
    }),
    type: t.string({
      nullable: true,
      description: 'What it is, such as DEPLOYMENT or AUTOMATION.',
      resolve: (actor) => textOf(actor, 'type'),
    }),
    displayValue: t.string({
      nullable: true,
      description: 'Its name for readers.',
      resolve: (actor) => textOf(actor, 'display_value'),
    }),
  }),
});

/** The actor in a JSON column, or null. */
export const actorIn = (column: JsonColumn): JsonObject | null =>
  isJsonObject(column) ? column : null;

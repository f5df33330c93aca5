import { z } from 'zod';

import type { JsonObject, JsonValue } from '#server/json.ts';

import { optional } from './filters/criteria.ts';
import { integer, number, readInteger, readNumber } from './pydantic/number.ts';
import { Refusal, type Schema, describedAs, refuse, schemaOf } from './pydantic/refusal.ts';
import { boolean, choice } from './pydantic/scalar.ts';
import { list, openModel, texts } from './pydantic/shapes.ts';

const given = (policy: object): JsonObject =>
  Object.fromEntries(
    Object.entries(policy).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );

/** How a flow run is retried and what its pauses left behind; only what was sent. */
export const flowRunPolicy: Schema<JsonObject> = openModel({
  max_retries: integer().optional().meta({ default: 0 }),
  retry_delay_seconds: number().optional().meta({ default: 0 }),
  retries: optional(integer()),
  retry_delay: optional(integer()),
  pause_keys: optional(texts.meta({ uniqueItems: true })),
  resuming: optional(boolean).meta({ default: false }),
  retry_type: optional(choice(['in_process', 'reschedule'], 'literal_error')),
}).transform(given);

const readDelay = (value: unknown): JsonValue | Refusal => {
  if (typeof value === 'number') return value;
  if (!Array.isArray(value)) return readInteger(value);
  const numbers = value.map(readNumber);
  const refusal = numbers.find((item) => item instanceof Refusal);
  if (refusal !== undefined) return refuse('list_type', 'Input should be a valid list');
  return numbers.filter((item) => typeof item === 'number');
};

const retryDelay = describedAs(schemaOf(readDelay), () =>
  z.union([integer(), number(), list(integer()), list(number())]),
);

/** How a task run is retried; only what was sent. */
export const taskRunPolicy: Schema<JsonObject> = openModel({
  max_retries: integer().optional().meta({ default: 0 }),
  retry_delay_seconds: number().optional().meta({ default: 0 }),
  retries: optional(integer()),
  retry_delay: optional(retryDelay),
  retry_jitter_factor: optional(number()),
}).transform(given);

import type { z } from 'zod';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { MAX_RETRY_DELAYS, TOO_MANY_DELAYS } from '#server/orchestration/empirical-policy.ts';

import { optional } from './filters/criteria.ts';
import { toErrorItems } from './pydantic/error-items.ts';
import { integer, number } from './pydantic/number.ts';
import {
  Refusal,
  type Schema,
  checked,
  describedAs,
  refuse,
  schemaOf,
} from './pydantic/refusal.ts';
import { boolean, choice, isNothing } from './pydantic/scalar.ts';
import { list, openModel, texts, union } from './pydantic/shapes.ts';

const given = (policy: object): JsonObject =>
  Object.fromEntries(
    Object.entries(policy).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );

/** The retired names of how often and when to retry, carried over before anything is read: both have to fit. */
const carryOver = (value: unknown): unknown => {
  if (!isJsonObject(value)) return value;
  const carried: Record<string, JsonValue> = {};
  for (const [retired, name] of [
    ['max_retries', 'retries'],
    ['retry_delay_seconds', 'retry_delay'],
  ] as const) {
    const old = value[retired];
    if (old !== undefined && old !== 0 && isNothing(value[name])) carried[name] = old;
  }
  return { ...value, ...carried };
};

const carriedOver = (policy: z.ZodType<object>): Schema<JsonObject> =>
  describedAs(
    schemaOf((value) => {
      if (value === undefined) return refuse('missing', 'Field required');
      const carried = carryOver(value);
      const result = policy.safeParse(carried);
      if (result.success) return given(result.data);
      // What is wrong with a field that was carried over lies nowhere in what was sent.
      return new Refusal(toErrorItems(result.error, { root: carried, loc: [] }));
    }),
    () => policy,
  );

const pauseKeys: Schema<readonly string[]> = describedAs(
  schemaOf((value) => {
    if (!Array.isArray(value)) return refuse('set_type', 'Input should be a valid set');
    const reasons = value.flatMap((item, index) =>
      typeof item === 'string'
        ? []
        : [{ type: 'string_type', msg: 'Input should be a valid string', loc: [index] }],
    );
    return reasons.length === 0 ? [...new Set(value)] : new Refusal(reasons);
  }),
  () => texts.meta({ uniqueItems: true }),
);

/** How a flow run is retried and what its pauses left behind; only what was sent. */
export const flowRunPolicy: Schema<JsonObject> = carriedOver(
  openModel({
    max_retries: integer().optional().meta({ default: 0 }),
    retry_delay_seconds: number().optional().meta({ default: 0 }),
    retries: optional(integer()),
    retry_delay: optional(integer()),
    pause_keys: optional(pauseKeys),
    resuming: optional(boolean).meta({ default: false }),
    retry_type: optional(choice(['in_process', 'reschedule'], 'literal_error')),
  }),
);

const retryDelay: Schema<JsonValue> = union<JsonValue>([
  { label: 'int', schema: integer() },
  { label: 'float', schema: number() },
  { label: 'list[int]', schema: list<JsonValue>(integer()).transform((delays) => [...delays]) },
  { label: 'list[float]', schema: list<JsonValue>(number()).transform((delays) => [...delays]) },
]);

/** How a task run is retried; only what was sent. */
export const taskRunPolicy: Schema<JsonObject> = carriedOver(
  openModel({
    max_retries: integer().optional().meta({ default: 0 }),
    retry_delay_seconds: number().optional().meta({ default: 0 }),
    retries: optional(integer()),
    retry_delay: optional(
      checked(retryDelay, (delay) =>
        Array.isArray(delay) && delay.length > MAX_RETRY_DELAYS ? TOO_MANY_DELAYS : null,
      ),
    ),
    retry_jitter_factor: optional(
      checked(number(), (factor) => (factor < 0 ? '`retry_jitter_factor` must be >= 0.' : null)),
    ),
  }),
);

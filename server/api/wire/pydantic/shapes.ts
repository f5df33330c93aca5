import { z } from 'zod';

import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { plainNumber } from '#server/lossless-json.ts';

import { toErrorItems } from './error-items.ts';
import {
  Refusal,
  type RefusalReason,
  type Schema,
  describedAs,
  refuse,
  schemaOf,
} from './refusal.ts';
import { text } from './scalar.ts';

/** An object whose keys are all known: others are refused. */
export const model = z.strictObject;

/** An object of which only the known keys are read. */
export const openModel = z.object;

export const list = <T>(
  item: Schema<T>,
  { atLeast = 0, atMost = Infinity }: { readonly atLeast?: number; readonly atMost?: number } = {},
): Schema<readonly T[]> => {
  const array = z.array(item);
  const bounded = atLeast > 0 ? array.min(atLeast) : array;
  return Number.isFinite(atMost) ? bounded.max(atMost) : bounded;
};

export const texts: Schema<readonly string[]> = list(text());

/** An object with any keys, taken as it is. */
export const dictionary: Schema<JsonObject> = schemaOf(
  (value) =>
    isJsonObject(value) ? value : refuse('dict_type', 'Input should be a valid dictionary'),
  { type: 'object', additionalProperties: true },
);

/** Any value that JSON can carry. A missing one is refused, null is not. */
export const anything: Schema<JsonValue> = schemaOf((value) =>
  // It came out of a JSON parser; undefined is what an absent key gives.
  value === undefined ? refuse('missing', 'Field required') : (value as JsonValue),
);

/** An object with any keys whose values are all read alike. */
export const dictionaryOf = <T>(value: Schema<T>): Schema<Readonly<Record<string, T>>> =>
  z.record(z.string(), value);

const LABEL_REASONS: readonly RefusalReason[] = [
  { type: 'bool_type', msg: 'Input should be a valid boolean', loc: ['bool'] },
  { type: 'int_type', msg: 'Input should be a valid integer', loc: ['int'] },
  { type: 'float_type', msg: 'Input should be a valid number', loc: ['float'] },
  { type: 'string_type', msg: 'Input should be a valid string', loc: ['str'] },
];

const isLabelValue = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || typeof plainNumber(value) === 'number';

const LABELS = {
  type: 'object',
  additionalProperties: { type: ['boolean', 'integer', 'number', 'string'] },
};

/** Labels: flat, so that they can be searched. */
export const labels: Schema<JsonObject> = schemaOf((value) => {
  if (!isJsonObject(value)) return refuse('dict_type', 'Input should be a valid dictionary');
  const nested = Object.entries(value).filter(([, label]) => !isLabelValue(label));
  if (nested.length === 0) return value;
  return new Refusal(
    nested.flatMap(([key, input]) =>
      LABEL_REASONS.map((reason) => ({ ...reason, loc: [key, ...(reason.loc ?? [])], input })),
    ),
  );
}, LABELS);

export interface UnionMember<T> {
  /** How pydantic names the member in the place of a fault. */
  readonly label: string;
  readonly schema: Schema<T>;
}

/** The first member that accepts the value; when none does, the faults of all of them. */
export const union = <T>(members: readonly UnionMember<T>[]): Schema<T> => {
  const schema = schemaOf<T>((value) => {
    if (value === undefined) return refuse('missing', 'Field required');
    const reasons: RefusalReason[] = [];
    for (const { label, schema: candidate } of members) {
      const result = candidate.safeParse(value);
      if (result.success) return result.data;
      for (const { type, msg, ctx, loc, input } of toErrorItems(result.error, {
        root: value,
        loc: [label],
      })) {
        reasons.push({ type, msg, loc, input, ...(ctx === undefined ? {} : { ctx }) });
      }
    }
    return new Refusal(reasons);
  });
  return describedAs(schema, () => z.union(members.map((member) => member.schema)));
};

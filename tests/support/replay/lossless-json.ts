/** A JSON value; integers beyond 2^53 are bigint. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** True for a JSON object, false for lists and scalars. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type RawReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const parseWith = (text: string, reviver: RawReviver): unknown =>
  // lib.es2024 does not know the third argument of the reviver yet.
  JSON.parse(text, reviver as (key: string, value: unknown) => unknown);

/** Parses JSON without losing digits; throws a SyntaxError like `JSON.parse`. */
export const parseJson = (text: string): Json => {
  const revive: RawReviver = (_key, value, { source }) =>
    typeof value === 'number' &&
    source !== undefined &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/u.test(source)
      ? BigInt(source)
      : value;
  // JSON.parse only gives the shapes of Json, and the reviver adds bigint.
  return parseWith(text, revive) as Json;
};

interface RawJson {
  rawJSON: (text: string) => unknown;
}

/** Re-writes JSON text compactly; every number keeps the digits it was written with. */
export const compactJson = (text: string): string => {
  // JSON.rawJSON exists in Node 24 and is unknown to lib.es2024.
  const { rawJSON } = JSON as unknown as RawJson;
  const keep: RawReviver = (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? rawJSON(source)
      : value;
  return JSON.stringify(parseWith(text, keep));
};

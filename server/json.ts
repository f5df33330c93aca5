/** A value that JSON can carry. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** An object that JSON can carry. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** JSON as text, the form in which a JSON column is written. */
export type JsonText = string & { readonly jsonText: unique symbol };

/** Writes a value for a JSON column; `undefined` counts as null. */
export const json = (value: unknown): JsonText =>
  // The brand keeps a plain string from being stored where JSON is expected.
  JSON.stringify(value ?? null) as JsonText;

/** The same for a column that may be empty: null leaves it empty instead of storing JSON's null. */
export const optionalJson = (value: unknown): JsonText | null =>
  value === null || value === undefined ? null : json(value);

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  // A number that was kept as its digits looks like an object and is none.
  !JSON.isRawJSON(value);

/** The strings of a JSON list; anything else in it is left out. */
export const stringList = (value: JsonValue | null): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

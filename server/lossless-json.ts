import { type JsonValue, isJsonObject } from './json.ts';

// The type checker's library lags behind the language here.
declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

/** The fewest digits of an integer that a JavaScript number may not carry exactly. */
const UNSAFE_DIGITS = 16;
const ZERO = 48;
const NINE = 57;

const isDigit = (text: string, position: number): boolean => {
  const code = text.charCodeAt(position);
  return code >= ZERO && code <= NINE;
};

const isLongRun = (text: string, position: number): boolean => {
  let start = position;
  while (isDigit(text, start - 1)) start -= 1;
  let end = position;
  while (isDigit(text, end + 1)) end += 1;
  return end - start + 1 >= UNSAFE_DIGITS;
};

/** Whether a text has so many digits in a row; only every sixteenth character needs to be looked at. */
const hasLongRun = (text: string): boolean => {
  for (let position = UNSAFE_DIGITS - 1; position < text.length; position += UNSAFE_DIGITS) {
    if (isDigit(text, position) && isLongRun(text, position)) return true;
  }
  return false;
};

const INTEGER = /^-?\d+$/;

const keepLargeIntegers = (
  _key: string,
  value: unknown,
  { source }: { readonly source?: string } = {},
): unknown =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  source !== undefined &&
  INTEGER.test(source)
    ? JSON.rawJSON(source)
    : value;

/**
 * Reads JSON without loss: an integer that a JavaScript number cannot carry, as Python's may be, becomes an object that
 * is written as the same digits again. Throws a SyntaxError for what is no JSON.
 */
export const parseJson = (text: string): JsonValue =>
  hasLongRun(text) ? JSON.parse(text, keepLargeIntegers) : JSON.parse(text);

const keepSpelling = (
  _key: string,
  value: unknown,
  { source }: { readonly source?: string } = {},
): unknown =>
  typeof value === 'number' && source !== undefined && String(value) !== source
    ? JSON.rawJSON(source)
    : value;

/**
 * Reads JSON so that every number is written as it was sent: besides large integers, Python tells 1.0 from 1. Dearer
 * than `parseJson`, so for values that are only kept for others.
 */
export const parseExactJson = (text: string): JsonValue => JSON.parse(text, keepSpelling);

/** A number that was kept as its digits, as the nearest JavaScript number; anything else as it is. */
export const plainNumber = (value: unknown): unknown =>
  JSON.isRawJSON(value) ? Number(JSON.stringify(value)) : value;

/** The same throughout a value, for code that counts or compares. */
export const withPlainNumbers = (value: unknown): unknown => {
  if (JSON.isRawJSON(value)) return plainNumber(value);
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  // What is of a class did not come out of JSON and knows its own meaning.
  if (!isJsonObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withPlainNumbers(item)]),
  );
};

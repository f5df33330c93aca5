import { randomUUID } from 'node:crypto';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

import { type JsonValue, isJsonObject } from './json.ts';

// The type checker's library lags behind the language here.
declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

const LEAST_UNSAFE_DIGITS = 16;
/** From here on Python writes a float with an exponent. */
const LEAST_WITH_EXPONENT = 1e16;

const isDigit = (text: string, position: number): boolean => {
  const code = text.charCodeAt(position);
  return code >= 48 && code <= 57;
};

const isLongRun = (text: string, position: number): boolean => {
  let start = position;
  while (isDigit(text, start - 1)) start -= 1;
  let end = position;
  while (isDigit(text, end + 1)) end += 1;
  return end - start + 1 >= LEAST_UNSAFE_DIGITS;
};

/** Whether a text has so many digits in a row; only every sixteenth character needs to be looked at. */
const hasLongRun = (text: string): boolean => {
  for (let at = LEAST_UNSAFE_DIGITS - 1; at < text.length; at += LEAST_UNSAFE_DIGITS) {
    if (isDigit(text, at) && isLongRun(text, at)) return true;
  }
  return false;
};

/** Finds every float that may be a whole number, such as 1.0 or 1e16; little in a string ends like one. */
const WHOLE_FLOAT = /\d(?:\.0+|(?:\.\d+)?[eE][+-]?\d+)(?:[\s,\]}]|$)/;

/** The text of a number as Python's pydantic writes it, null when it is how JavaScript writes it. */
const keptSpelling = (source: string): string | null => {
  const value = Number(source);
  if (!Number.isInteger(value)) return null;
  if (!/[.eE]/.test(source)) return Number.isSafeInteger(value) ? null : source;
  if (Math.abs(value) >= LEAST_WITH_EXPONENT) return value.toExponential();
  return `${Object.is(value, -0) ? '-' : ''}${value}.0`;
};

/** A number from its text in JSON or in GraphQL, in the form that `parseJson` gives it. */
export const numberOf = (source: string): unknown => {
  const spelling = keptSpelling(source);
  return spelling === null ? Number(source) : JSON.rawJSON(spelling);
};

const MARK_NAME = 'prefect-server.number-mark';
const known = getEnvironmentData(MARK_NAME);
/** Begins a string that stands for a number. Nobody outside of this process can know it; all of its threads do. */
const MARK = typeof known === 'string' ? known : `number:${randomUUID()}:`;
setEnvironmentData(MARK_NAME, MARK);

// A key is left alone, so that a number in its place stays the mistake that it is.
const TOKENS = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]|\s*:)/g;

/** JSON with a marked string in the place of each number whose spelling matters: see `withMarkedNumbers`. */
export const markNumbers = (text: string): string => {
  if (!hasLongRun(text) && !WHOLE_FLOAT.test(text)) return text;
  return text.replaceAll(TOKENS, (token) => {
    const spelling = token.startsWith('"') ? null : keptSpelling(token);
    return spelling === null ? token : `"${MARK}${spelling}"`;
  });
};

const hasMark = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith(MARK);

const setItem = (holder: object, key: string, value: unknown): void => {
  // An assignment to a key "__proto__" would not be kept as one.
  Object.defineProperty(holder, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
};

/** Puts the numbers back where `markNumbers` marked them, in place: each becomes an object that is written as its text. */
export const withMarkedNumbers = (value: unknown): unknown => {
  if (hasMark(value)) return JSON.rawJSON(value.slice(MARK.length));
  if (typeof value !== 'object' || value === null) return value;
  for (const [key, item] of Object.entries(value)) {
    if (hasMark(item)) setItem(value, key, JSON.rawJSON(item.slice(MARK.length)));
    else if (typeof item === 'object') withMarkedNumbers(item);
  }
  return value;
};

/**
 * Reads JSON without loss: an integer that a JavaScript number cannot carry and a float that is a whole number, which
 * Python tells from an integer, become objects that are written as Python's pydantic spells them. Throws a SyntaxError
 * for what is no JSON.
 */
export const parseJson = (text: string): JsonValue => {
  const marked = markNumbers(text);
  if (marked === text) return JSON.parse(text);
  try {
    // What a JSON parser gave, with numbers in the place of some strings.
    return withMarkedNumbers(JSON.parse(marked)) as JsonValue;
  } catch {
    return JSON.parse(text);
  }
};

/** A reviver that makes of numbers what `parseJson` does, for those who call the parser themselves. */
export const keepNumbers = (
  _key: string,
  value: unknown,
  { source }: { readonly source?: string } = {},
): unknown => (typeof value === 'number' && source !== undefined ? numberOf(source) : value);

const keepSpelling = (
  _key: string,
  value: unknown,
  { source }: { readonly source?: string } = {},
): unknown =>
  typeof value === 'number' && source !== undefined && String(value) !== source
    ? JSON.rawJSON(source)
    : value;

/**
 * Reads JSON so that every number is written as it was sent, even as 1.10 or 1E5. Dearer than `parseJson`, so for values
 * that are only kept for others.
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

import { plainNumber } from '#server/lossless-json.ts';
import { MICROS_PER_SECOND, type Micros, micros, parseInstant } from '#server/time.ts';

import { type Refusal, type Schema, refuse, schemaOf } from './refusal.ts';

/** A number above it counts milliseconds. */
const MAX_SECONDS = 2e10;
/** What is after the year 9999, in milliseconds. */
const MAX_MILLIS = 253_402_300_799_999;
const NUMBER = /^[+-]?(?:\d{1,18}(?:\.\d*)?|\.\d+)$/u;
const DATE_LENGTH = 10;
const DAYS_OF_LONG_MONTH = 31;
const TIME = /^[Tt _](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?([Zz]|[+-](\d\d):?(\d\d))?$/u;

const tooLate = (): Refusal => {
  const error = 'dates after 9999 are not supported as unix timestamps';
  return refuse('datetime_parsing', `Input should be a valid datetime, ${error}`, { error });
};

const fromNumber = (value: number): Micros | Refusal => {
  const millis = Math.abs(value) > MAX_SECONDS ? value : value * 1000;
  if (Math.abs(millis) > MAX_MILLIS) return tooLate();
  return micros(Math.round(millis * (MICROS_PER_SECOND / 1000)));
};

const isPart = (part: string): boolean => /^\d+$/u.test(part);

/** What is wrong with a text that should begin with a day; null when nothing is. */
const dayProblem = (text: string): string | null => {
  if (text.length < DATE_LENGTH) return 'input is too short';
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, DATE_LENGTH)];
  const separator = 'invalid date separator, expected `-`';
  if (!isPart(year)) return 'invalid character in year';
  if (text[4] !== '-') return separator;
  if (!isPart(month)) return 'invalid character in month';
  if (text[7] !== '-') return separator;
  if (!isPart(day)) return 'invalid character in day';
  if (Number(month) < 1 || Number(month) > 12) {
    return 'month value is outside expected range of 1-12';
  }
  const isDay = Number(day) > 0 && Number(day) <= DAYS_OF_LONG_MONTH;
  return isDay && parseInstant(`${text.slice(0, DATE_LENGTH)}T00:00:00Z`) !== null
    ? null
    : 'day value is outside expected range';
};

const fromTime = (day: string, rest: string): Micros | null => {
  const [, hour, minute, second = '00', fraction = '0', zone = 'Z', away = '0', by = '0'] =
    TIME.exec(rest) ?? [];
  if (hour === undefined || Number(away) > 23 || Number(by) > 59) return null;
  return parseInstant(`${day}T${hour}:${minute}:${second}.${fraction}${zone.toUpperCase()}`);
};

const fromText = (text: string): Micros | Refusal => {
  if (NUMBER.test(text)) return fromNumber(Number(text));
  const day = text.slice(0, DATE_LENGTH);
  const rest = text.slice(DATE_LENGTH);
  const problem = dayProblem(text);
  const instant = problem === null ? fromTime(day, rest === '' ? 'T00:00' : rest) : null;
  if (instant !== null) return instant;
  const error = problem ?? 'unexpected extra characters at the end of the input';
  const message = `Input should be a valid datetime or date, ${error}`;
  return refuse('datetime_from_date_parsing', message, { error });
};

const readPlainDatetime = (given: unknown): Micros | Refusal => {
  const value = plainNumber(given);
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value === 'string') return fromText(value);
  return refuse('datetime_type', 'Input should be a valid datetime');
};

/**
 * An instant where the original reads it with Python's own type instead of the one that it uses elsewhere: fewer
 * spellings, and other words against the rest.
 */
export const plainDatetime: Schema<Micros> = schemaOf(readPlainDatetime, {
  type: 'string',
  format: 'date-time',
});

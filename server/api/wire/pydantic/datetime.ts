import { plainNumber } from '#server/lossless-json.ts';
import { MICROS_PER_SECOND, type Micros, micros, nowMicros, parseInstant } from '#server/time.ts';

import { type Refusal, type Schema, refuse, refuseValue, schemaOf } from './refusal.ts';

/** A number above it counts milliseconds, as pydantic has it. */
const MAX_SECONDS = 2e10;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const COMPACT_DAY = /^(\d{4})(\d{2})(\d{2})(?:[Tt](\d{2})(\d{2})(\d{2})?(.*))?$/;
const WEEK_DAY = /^(\d{4})-?W(\d{2})(?:-?(\d))?$/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

const fromNumber = (value: number): Micros =>
  micros(Math.abs(value) > MAX_SECONDS ? value * 1000 : Math.round(value * MICROS_PER_SECOND));

/** The Monday of the first week of a year is the one of the week that holds January 4th. */
const fromWeekDay = (match: RegExpExecArray): Micros | null => {
  const [, year, week, day = '1'] = match;
  const fourth = parseInstant(`${year}-01-04T00:00:00Z`);
  if (fourth === null) return null;
  // 1970-01-01 was a Thursday, the fourth day of its week.
  const weekDay = (((Math.floor(fourth / MICROS_PER_DAY) + 3) % 7) + 7) % 7;
  return micros(fourth + ((Number(week) - 1) * 7 + Number(day) - 1 - weekDay) * MICROS_PER_DAY);
};

const fromOtherText = (text: string): Micros | null => {
  if (text === 'now') return nowMicros();
  if (DAY.test(text)) return parseInstant(`${text}T00:00:00Z`);
  const compact = COMPACT_DAY.exec(text);
  if (compact !== null) {
    const [, year, month, day, hour = '00', minute = '00', second = '00', zone = ''] = compact;
    return parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  }
  if (NUMBER.test(text)) return fromNumber(Number(text));
  const week = WEEK_DAY.exec(text);
  return week === null ? null : fromWeekDay(week);
};

const EXPLICIT_ZONE_NAME = /\s[A-Za-z]/;

const fromText = (text: string): Micros | null =>
  EXPLICIT_ZONE_NAME.test(text) ? null : (parseInstant(text) ?? fromOtherText(text));

/** Reads an instant from ISO text or a number of seconds or milliseconds; one without an offset counts as UTC. */
export const readDatetime = (given: unknown): Micros | Refusal => {
  const value = plainNumber(given);
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') {
    return refuse('value_error', 'value is not a valid datetime');
  }
  return fromText(value) ?? refuseValue(`Unable to parse string [${value}]`);
};

const DESCRIPTION = { type: 'string', format: 'date-time' };

export const datetime: Schema<Micros> = schemaOf(readDatetime, DESCRIPTION);

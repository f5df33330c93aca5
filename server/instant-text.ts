import {
  MICROS_PER_SECOND,
  type Micros,
  formatInstant,
  micros,
  nowMicros,
  parseInstant,
} from './time.ts';

/** A number above it counts milliseconds, as pydantic has it. */
const MAX_SECONDS = 2e10;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-\d{2}$/;
const DAY_OF_YEAR = /^(\d{4})-(\d{3})$/;
const COMPACT_DAY = /^(\d{4})(\d{2})(\d{2})(?:[Tt](\d{2})(\d{2})(\d{2})?(.*))?$/;
const WEEK_DAY = /^(\d{4})-?W(\d{2})(?:-?(\d))?$/;
const TIME_OF_DAY = /^(?:T(\d{2})|T?(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))$/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const EXPLICIT_ZONE_NAME = /\s[A-Za-z]/;
const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

/** The instant that a number of seconds or milliseconds stands for. */
export const instantOfNumber = (value: number): Micros =>
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

const fromDayOfYear = (match: RegExpExecArray): Micros | null => {
  const first = parseInstant(`${match[1]}-01-01T00:00:00Z`);
  const next = parseInstant(`${String(Number(match[1]) + 1).padStart(4, '0')}-01-01T00:00:00Z`);
  if (first === null || next === null) return null;
  const instant = first + (Number(match[2]) - 1) * MICROS_PER_DAY;
  return instant < first || instant >= next ? null : micros(instant);
};

const fromOtherText = (text: string): Micros | null => {
  if (text === 'now') return nowMicros();
  if (DAY.test(text)) return parseInstant(`${text}T00:00:00Z`);
  if (MONTH.test(text)) return parseInstant(`${text}-01T00:00:00Z`);
  const compact = COMPACT_DAY.exec(text);
  if (compact !== null && compact[4] !== undefined) {
    const [, year, month, day, hour, minute, second = '00', zone = ''] = compact;
    return parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  }
  if (NUMBER.test(text)) return instantOfNumber(Number(text));
  const dayOfYear = DAY_OF_YEAR.exec(text);
  if (dayOfYear !== null) return fromDayOfYear(dayOfYear);
  const time = TIME_OF_DAY.exec(text);
  if (time !== null) {
    const today = formatInstant(nowMicros()).slice(0, 'YYYY-MM-DD'.length);
    return parseInstant(`${today}T${time[2] ?? `${time[1]}:00`}Z`);
  }
  const week = WEEK_DAY.exec(text);
  return week === null ? null : fromWeekDay(week);
};

/** The instant that a text spells in one of the ways that the original reads; null for others. Without an offset it is UTC. */
export const readInstantText = (text: string): Micros | null =>
  EXPLICIT_ZONE_NAME.test(text) ? null : (parseInstant(text) ?? fromOtherText(text));

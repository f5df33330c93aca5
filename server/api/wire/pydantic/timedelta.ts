import { type Refusal, type Schema, refuse, schemaOf } from './refusal.ts';

const ISO =
  /^([+-])?P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const ISO_SECONDS = [31_536_000, 2_592_000, 604_800, 86_400, 3600, 60, 1];
const CLOCK =
  /^([+-])?(?:(\d+)\s*d(?:ays?)?(?:,?\s+)?)?(?:(\d+):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?$/i;
const SHORTEST_CLOCK_BYTES = 5;
const MAX_SECONDS = 999_999_999 * 86_400;

const refuseText = (error: string): Refusal =>
  refuse('time_delta_parsing', `Input should be a valid duration, ${error}`, { error });

const fromIso = (match: RegExpExecArray): number => {
  const [, sign, ...parts] = match;
  const seconds = ISO_SECONDS.reduce(
    (sum, unit, index) => sum + unit * Number(parts[index] ?? 0),
    0,
  );
  return sign === '-' ? -seconds : seconds;
};

const fromClock = (match: RegExpExecArray): number => {
  const [, sign, days = '0', hours = '0', minutes = '0', rest = '0'] = match;
  const seconds =
    Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
  return sign === '-' ? -seconds : seconds;
};

const faultOf = (text: string): string => {
  if (text === '') return 'input is too short';
  if (/^[+-]?\d+$/.test(text)) return '"day" identifier in duration not correctly formatted';
  if (/^[+-]?\d+:\d(?!\d)/.test(text)) return 'invalid character in minute';
  // What is long enough is taken for a time of day.
  const isWord = /^[+-]?[^\dP]/.test(text);
  if (isWord && Buffer.byteLength(text.replace(/^[+-]/, '')) >= SHORTEST_CLOCK_BYTES) {
    return 'invalid character in hour';
  }
  return 'invalid digit in duration';
};

/** Reads a length of time in seconds, from a number of them, ISO 8601 or a clock such as `1 day, 00:05:00`. */
export const readTimedelta = (value: unknown): number | Refusal => {
  if (typeof value === 'number') {
    if (Math.abs(value) <= MAX_SECONDS) return value;
    return refuseText('durations may not exceed 999,999,999 days');
  }
  if (typeof value !== 'string') {
    return refuse('time_delta_type', 'Input should be a valid duration');
  }
  const iso = /\d/.test(value) ? ISO.exec(value) : null;
  if (iso !== null) return fromIso(iso);
  const clock = /^[+-]?\d+$/.test(value) || value === '' ? null : CLOCK.exec(value);
  return clock === null ? refuseText(faultOf(value)) : fromClock(clock);
};

export const timedelta: Schema<number> = schemaOf(readTimedelta, {
  type: 'number',
  format: 'time-delta',
});

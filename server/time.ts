/** An instant as whole microseconds since 1970-01-01T00:00:00Z. Exact in a JavaScript number until the year 2255. */
export type Micros = number & { readonly micros: unique symbol };

export const MICROS_PER_SECOND = 1_000_000;
const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

/** Marks a number of epoch microseconds, as a column or a computation gives it, as an instant. */
export const micros = (value: number | bigint): Micros =>
  // The brand exists only in the type checker, so this is the one place that creates it.
  Math.trunc(Number(value)) as Micros;

/** The given instant moved by a number of seconds, which may be negative or fractional. */
export const addSeconds = (instant: Micros, seconds: number): Micros =>
  micros(instant + Math.round(seconds * MICROS_PER_SECOND));

/** Seconds from one instant to another. */
export const secondsBetween = (from: Micros, to: Micros): number => (to - from) / MICROS_PER_SECOND;

let lastNow = 0;

/** A clock that is set back by more than this was wrong before. */
const MOST_AHEAD_MICROS = 5 * MICROS_PER_SECOND;

/**
 * The present instant. Strictly increasing within a process: two calls never give the same microsecond,
 * because states of one run are ordered by it. Only a clock that is set back by seconds is followed back: to wait
 * until it has caught up would let nothing become due, and no lease end, for as long.
 */
export const nowMicros = (): Micros => {
  const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  // The monotonic clock drifts from the wall clock when the machine sleeps or is adjusted, so the wall clock leads.
  const wall = Date.now() * 1000;
  const best = Math.abs(now - wall) < MICROS_PER_SECOND ? now : wall;
  const isBehind = best <= lastNow && lastNow - best < MOST_AHEAD_MICROS;
  lastNow = isBehind ? lastNow + 1 : best;
  return micros(lastNow);
};

const dayTexts = new Map<number, string>();
const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const dayText = (day: number): string => {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  // A list prints seven instants a row and nearly all fall on a few days: the day's text is worth keeping.
  if (dayTexts.size > 1000) dayTexts.clear();
  const text = new Date(day * 86_400_000).toISOString().split('T')[0] ?? '';
  dayTexts.set(day, text);
  return text;
};

/** ISO 8601 in UTC with six fraction digits, or none when the fraction is zero, as Prefect prints instants. */
export const formatInstant = (instant: Micros): string => {
  const day = Math.floor(instant / MICROS_PER_DAY);
  const rest = instant - day * MICROS_PER_DAY;
  const fraction = rest % MICROS_PER_SECOND;
  const seconds = (rest - fraction) / MICROS_PER_SECOND;
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return `${dayText(day)}T${clock}${fraction === 0 ? '' : `.${pad(fraction, 6)}`}Z`;
};

/** The same as `formatInstant`, for columns that may be empty. */
export const formatOptionalInstant = (instant: Micros | null): string | null =>
  instant === null ? null : formatInstant(instant);

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}:?(?:\d{2})?)?$/;

const offsetSeconds = (zone: string | undefined): number => {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4) || '0') * 60;
  return zone.startsWith('-') ? -seconds : seconds;
};

/** Reads an ISO 8601 date-time, taking one without an offset as UTC; null when the text is none. */
export const parseInstant = (text: string): Micros | null => {
  const match = INSTANT.exec(text.trim());
  if (match === null) return null;
  const [, day, hour, minute, second = '0', fraction = '', zone] = match;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || dayText(midnight / 86_400_000) !== day) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetSeconds(zone);
  return micros(
    midnight * 1000 + seconds * MICROS_PER_SECOND + Number(fraction.slice(0, 6).padEnd(6, '0')),
  );
};

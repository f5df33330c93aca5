import { Temporal } from 'temporal-polyfill';

import { MICROS_PER_SECOND, micros, type Micros } from '#server/time.ts';

/** A stretch of time in which a zone keeps one offset from UTC. */
export interface ZoneSegment {
  /** The first instant of the stretch. */
  readonly start: number;
  /** The first instant after it. */
  readonly end: number;
  readonly offsetMicros: number;
}

/** How a wall clock time that the clocks skip is read. */
export type GapPolicy =
  /** With the offset before the change: the time moves forward by the gap. */
  | 'forward'
  /** With the offset after the change: the time moves back by the gap. */
  | 'backward';

const zonedAt = (timezone: string, instant: number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(instant / 1000)).toZonedDateTimeISO(timezone);

const isZoneName = (name: string): boolean => {
  if (/^[+-]/.test(name)) return false;
  try {
    // The identifier comes back in the spelling of the zone database, which tells apart `utc` and `UTC`.
    return zonedAt(name, 0).timeZoneId === name;
  } catch {
    return false;
  }
};

const knownNames = new Map<string, boolean>();
const KNOWN_NAMES_LIMIT = 2000;

/** Whether the text is a name of the IANA time zone database, in its exact spelling; offsets are none. */
export const isValidTimezone = (name: string): boolean => {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const isValid = isZoneName(name);
  if (knownNames.size < KNOWN_NAMES_LIMIT) knownNames.set(name, isValid);
  return isValid;
};

const readSegment = (timezone: string, instant: number): ZoneSegment => {
  const at = zonedAt(timezone, instant);
  const previous = at.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const next = at.getTimeZoneTransition('next');
  return {
    start: previous === null ? -Infinity : previous.epochMilliseconds * 1000,
    end: next === null ? Infinity : next.epochMilliseconds * 1000,
    offsetMicros: at.offsetNanoseconds / 1000,
  };
};

const segments = new Map<string, ZoneSegment[]>();
const SEGMENTS_LIMIT = 600;

/** The stretch of constant offset that an instant lies in. */
export const segmentAt = (timezone: string, instant: number): ZoneSegment => {
  const known = segments.get(timezone) ?? [];
  const found = known.find((segment) => segment.start <= instant && instant < segment.end);
  if (found !== undefined) return found;
  const segment = readSegment(timezone, instant);
  // Asking for a transition costs milliseconds: the few stretches around the present are kept, within a bound.
  if (known.length > SEGMENTS_LIMIT) known.length = 0;
  known.push(segment);
  segments.set(timezone, known);
  return segment;
};

/** What the clocks show at an instant, as microseconds since 1970-01-01T00:00 of the wall clock. */
export const wallAt = (timezone: string, instant: number): number =>
  instant + segmentAt(timezone, instant).offsetMicros;

const DAY_MICROS = 86_400 * MICROS_PER_SECOND;

/** The instant at which the clocks show a wall time: the first one when they show it twice. */
export const instantOfWall = (
  timezone: string,
  wall: number,
  gap: GapPolicy = 'forward',
): number => {
  // No zone is further than a day from UTC, so the answer lies in this stretch or a later one.
  let segment = segmentAt(timezone, wall - DAY_MICROS - 1);
  while (wall >= segment.end + segment.offsetMicros) {
    const next = segmentAt(timezone, segment.end);
    if (wall < next.start + next.offsetMicros) {
      return wall - (gap === 'forward' ? segment.offsetMicros : next.offsetMicros);
    }
    segment = next;
  }
  return wall - segment.offsetMicros;
};

const pad = (value: number): string => String(value).padStart(2, '0');

const offsetText = (offsetMicros: number): string => {
  const seconds = Math.abs(offsetMicros) / MICROS_PER_SECOND;
  const rest = seconds % 60;
  const text = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}`;
  return `${offsetMicros < 0 ? '-' : '+'}${text}${rest === 0 ? '' : `:${pad(rest)}`}`;
};

/** A date of a schedule: the instant, and its local spelling that is part of a run's idempotency key. */
export interface ScheduledDate {
  readonly instant: Micros;
  /** As in `2030-01-01 00:00:00-05:00`, with six fraction digits when there is a fraction. */
  readonly local: string;
}

/** An instant as a date in the given zone. */
export const scheduledDate = (timezone: string, instant: number): ScheduledDate => {
  const { offsetMicros } = segmentAt(timezone, instant);
  const wall = instant + offsetMicros;
  const fraction = ((wall % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const clock = new Date((wall - fraction) / 1000).toISOString().slice(0, 19).replace('T', ' ');
  const digits = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`;
  return { instant: micros(instant), local: `${clock}${digits}${offsetText(offsetMicros)}` };
};

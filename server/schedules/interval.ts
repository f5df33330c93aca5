import { MICROS_PER_SECOND } from '#server/time.ts';

import { SECONDS_PER_DAY } from './calendar.ts';
import { MAX_ITERATIONS, wantedCount, type DateWindow, type IntervalSchedule } from './schedule.ts';
import { instantOfWall, scheduledDate, segmentAt, type ScheduledDate } from './zone.ts';

const DAY = SECONDS_PER_DAY * MICROS_PER_SECOND;
/** Beyond this an instant is no longer exact; it is the end of the year 2254. */
const LAST_INSTANT = Date.UTC(2255, 0) * 1000;

interface Steps {
  readonly timezone: string;
  readonly anchor: number;
  readonly days: number;
  /** What is left of the interval besides whole days. */
  readonly rest: number;
  readonly interval: number;
}

const stepsOf = (schedule: IntervalSchedule): Steps => {
  const interval = Math.round(schedule.intervalSeconds * MICROS_PER_SECOND);
  const days = Math.floor(interval / DAY);
  const timezone = schedule.timezone === '' ? 'UTC' : schedule.timezone;
  return { timezone, anchor: schedule.anchorDate, days, rest: interval - days * DAY, interval };
};

const moveDays = (timezone: string, from: number, days: number): number => {
  const { offsetMicros } = segmentAt(timezone, from);
  const withSameOffset = from + days * DAY;
  // A time that the clocks show twice is the one with the offset of the date it was counted from.
  if (segmentAt(timezone, withSameOffset).offsetMicros === offsetMicros) return withSameOffset;
  return instantOfWall(timezone, withSameOffset + offsetMicros);
};

/** Days move the wall clock, the rest is elapsed time. */
const move = (steps: Steps, from: number, count: number): number => {
  const days = steps.days * count;
  return (days === 0 ? from : moveDays(steps.timezone, from, days)) + steps.rest * count;
};

const jump = (steps: Steps, count: number): number =>
  steps.days === 0 || steps.rest === 0
    ? move(steps, steps.anchor, count)
    : steps.anchor + count * steps.interval;

/**
 * Walks whole days from the anchor to the start. A day whose local time does not exist shifts every later date,
 * so clock changes are stepped over one by one and only the stretches between them are skipped.
 */
const seekDays = (steps: Steps, start: number): number => {
  let current = steps.anchor;
  while (current < start) {
    const { end } = segmentAt(steps.timezone, current);
    const missing = Math.ceil((start - current) / steps.interval);
    const inSegment = Math.floor((end - 1 - current) / steps.interval);
    current = move(steps, current, Math.max(1, Math.min(missing, inSegment)));
  }
  return current;
};

/** A first date at or after the start, and how many steps before the anchor it stands (0 when not counted). */
const seek = (
  steps: Steps,
  start: number,
): { readonly current: number; readonly offset: number } => {
  const isWholeDays = steps.days !== 0 && steps.rest === 0;
  if (start >= steps.anchor && isWholeDays && steps.timezone !== 'UTC') {
    return { current: seekDays(steps, start), offset: 0 };
  }
  let offset = Math.trunc((start - steps.anchor) / steps.interval);
  let current = jump(steps, offset);
  // Over a clock change the estimate can lie after the start.
  while (current > start) {
    offset -= 1;
    current = jump(steps, offset);
  }
  return { current, offset };
};

/** The dates of an interval schedule in a window, oldest first. */
export const intervalDates = (
  schedule: IntervalSchedule,
  window: DateWindow,
): readonly ScheduledDate[] => {
  const steps = stepsOf(schedule);
  const isBeforeAnchor = window.start < steps.anchor && steps.days !== 0 && steps.rest === 0;
  let { current, offset } = seek(steps, window.start);
  const advance = (): void => {
    if (isBeforeAnchor && offset < 0) {
      // Stepping on from a shifted day would miss the anchor itself.
      offset += 1;
      current = jump(steps, offset);
    } else {
      current = move(steps, current, 1);
    }
  };
  while (current < window.start) advance();
  const count = wantedCount(window);
  const last = Math.min(window.end ?? LAST_INSTANT, LAST_INSTANT);
  const instants = new Set<number>();
  for (let tries = 0; tries <= MAX_ITERATIONS + 1; tries += 1) {
    if (current > last) break;
    instants.add(current);
    if (instants.size >= count) break;
    advance();
  }
  return [...instants]
    .toSorted((a, b) => a - b)
    .map((instant) => scheduledDate(steps.timezone, instant));
};

import { isServerError } from '#server/errors.ts';
import { MICROS_PER_SECOND } from '#server/time.ts';

import { parseCron, type CronExpression } from './cron-expression.ts';
import { nextWallTime } from './cron-walk.ts';
import { MAX_ITERATIONS, wantedCount, type CronSchedule, type DateWindow } from './schedule.ts';
import { instantOfWall, scheduledDate, segmentAt, wallAt, type ScheduledDate } from './zone.ts';

interface Walk {
  readonly rule: CronExpression;
  readonly dayOr: boolean;
  readonly timezone: string;
}

const instantOf = (walk: Walk, wallSecond: number): number =>
  instantOfWall(walk.timezone, wallSecond * MICROS_PER_SECOND);

/** Wall clock seconds after which the candidates for a start begin. */
const wallBefore = (walk: Walk, start: number): number => {
  const segment = segmentAt(walk.timezone, start);
  const before = segmentAt(walk.timezone, segment.start - 1);
  const repeatedMicros =
    segment.start === -Infinity ? 0 : before.offsetMicros - segment.offsetMicros;
  if (start - segment.start < repeatedMicros) {
    // In a repeated hour every wall time had its date the first time round.
    return (segment.start + before.offsetMicros) / MICROS_PER_SECOND - 1;
  }
  return Math.ceil(wallAt(walk.timezone, start) / MICROS_PER_SECOND) - 1;
};

/** Dates whose wall time was skipped and which therefore fall into the gap's length after the clock change. */
const shiftedDates = (walk: Walk, start: number): readonly number[] => {
  const segment = segmentAt(walk.timezone, start);
  if (segment.start === -Infinity) return [];
  const gapMicros = segment.offsetMicros - segmentAt(walk.timezone, segment.start - 1).offsetMicros;
  if (start - segment.start >= gapMicros) return [];
  const gapEnd = (segment.start + segment.offsetMicros) / MICROS_PER_SECOND;
  const instants: number[] = [];
  let wall = wallBefore(walk, start) - gapMicros / MICROS_PER_SECOND;
  for (let tries = 0; tries < MAX_ITERATIONS; tries += 1) {
    wall = nextWallTime(walk.rule, walk.dayOr, wall);
    if (wall >= gapEnd) break;
    instants.push(instantOf(walk, wall));
  }
  return instants;
};

/** Candidates in order of instants: those of the walk, merged with the shifted ones. */
const candidates = function* (walk: Walk, start: number): Generator<number> {
  const shifted = [...shiftedDates(walk, start)];
  let wall = wallBefore(walk, start);
  for (;;) {
    wall = nextWallTime(walk.rule, walk.dayOr, wall);
    const instant = instantOf(walk, wall);
    while (shifted[0] !== undefined && shifted[0] <= instant) yield shifted.shift() ?? instant;
    yield instant;
  }
};

/** The same candidates, which end where the walk finds no more. */
const candidatesThereAre = function* (walk: Walk, start: number): Generator<number> {
  try {
    yield* candidates(walk, start);
  } catch (error) {
    if (!isServerError(error, 'INVALID')) throw error;
  }
};

/**
 * The dates of a cron schedule in a window, oldest first. Times the clocks skip move forward by the gap, repeated
 * ones count once. Throws INVALID when the schedule runs out of dates before the window is filled.
 */
export const cronDates = (schedule: CronSchedule, window: DateWindow): readonly ScheduledDate[] => {
  const timezone =
    schedule.timezone === null || schedule.timezone === '' ? 'UTC' : schedule.timezone;
  const walk: Walk = { rule: parseCron(schedule.cron), dayOr: schedule.dayOr, timezone };
  const count = wantedCount(window);
  const end = window.end ?? Infinity;
  const instants = new Set<number>();
  let tries = 0;
  const found = window.mayFallShort === true ? candidatesThereAre : candidates;
  for (const instant of found(walk, window.start)) {
    if (instant > end) break;
    if (instant >= window.start) instants.add(instant);
    tries += 1;
    if (instants.size >= count || tries >= MAX_ITERATIONS + 2) break;
  }
  return [...instants].toSorted((a, b) => a - b).map((instant) => scheduledDate(timezone, instant));
};

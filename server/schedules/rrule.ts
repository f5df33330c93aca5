import { ServerError } from '#server/errors.ts';
import { MICROS_PER_SECOND, type Micros } from '#server/time.ts';

import { dayNumber, SECONDS_PER_DAY } from './calendar.ts';
import { type RRule, RRuleSyntaxError, type RRuleDate } from './rrule-rule.ts';
import { parseRRule, type RRuleSet } from './rrule-text.ts';
import { ruleDates } from './rrule-walk.ts';
import { MAX_ITERATIONS, wantedCount, type DateWindow, type RRuleSchedule } from './schedule.ts';
import {
  instantOfWall,
  isValidTimezone,
  scheduledDate,
  wallAt,
  type ScheduledDate,
} from './zone.ts';

/** Where a rule without a start begins: 2020-01-01T00:00, wall clock time. */
const DEFAULT_START = dayNumber(2020, 1, 1) * SECONDS_PER_DAY;

const MAX_LENGTH = 6500;

const zoneless = (wall: number): RRuleDate => ({ wall, hasZone: false });

/** Why the real server refuses a rule, in its words; null when it is fine. */
export const rruleProblem = (text: string): string | null => {
  try {
    // An end in UTC is no fault of the rule as long as its start is not known.
    parseRRule(text, (until) => ({ wall: DEFAULT_START, hasZone: until?.hasZone ?? false }));
  } catch (error) {
    if (error instanceof RRuleSyntaxError)
      return `Invalid RRule string "${text}": ${error.message}`;
    throw error;
  }
  if (text.length <= MAX_LENGTH) return null;
  return `Invalid RRule string "${text.slice(0, 40)}..."\nMax length is ${MAX_LENGTH}, got ${text.length}`;
};

const tryParse = (text: string): RRuleSet | null => {
  try {
    return parseRRule(text, () => zoneless(DEFAULT_START));
  } catch (error) {
    if (error instanceof RRuleSyntaxError) return null;
    throw error;
  }
};

const startText = (wall: number): string =>
  new Date(wall * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');

/** A start that keeps the phase of the default one but lies right before now, for rules of many dates. */
const recentStart = (set: RRuleSet, timezone: string | null, now: Micros): number => {
  const [rule] = set.rules;
  const isFrequent = rule?.frequency === 'SECONDLY' || rule?.frequency === 'MINUTELY';
  if (!set.isSingleRule || rule === undefined || !isFrequent || rule.count !== null)
    return DEFAULT_START;
  const zone = timezone !== null && isValidTimezone(timezone) ? timezone : 'UTC';
  const elapsed = wallAt(zone, now) / MICROS_PER_SECOND - DEFAULT_START;
  const step = rule.interval * (rule.frequency === 'SECONDLY' ? 1 : 60);
  return elapsed <= 0 || step <= 0
    ? DEFAULT_START
    : DEFAULT_START + Math.floor(elapsed / step) * step;
};

/**
 * The rule as it is stored: with an explicit start, so that what it means does not depend on when it is read.
 * A rule that has one, or that cannot be read, stays as it is.
 */
export const normalizeRRule = (rrule: string, timezone: string | null, now: Micros): string => {
  if (rrule.toUpperCase().includes('DTSTART')) return rrule;
  const set = tryParse(rrule);
  return set === null ? rrule : `DTSTART:${startText(recentStart(set, timezone, now))}\n${rrule}`;
};

/** The streams merged in order, each date once. */
const merged = function* (streams: readonly Iterator<number>[]): Generator<number> {
  const heads = streams.map((stream) => ({ stream, next: stream.next() }));
  for (;;) {
    let least: number | null = null;
    for (const { next } of heads) {
      if (next.done !== true && (least === null || next.value < least)) least = next.value;
    }
    if (least === null) return;
    yield least;
    for (const head of heads) {
      while (head.next.done !== true && head.next.value <= least) head.next = head.stream.next();
    }
  }
};

/** After how many steps that lead to no date at all a set is given up. */
const MAX_IDLE_STEPS = 400_000;

/** Nearer dates of a rule are walked to, farther ones sought. */
const NEAR_DATES = 16;

/** Counts the steps since the last date that was wanted. */
interface Effort {
  steps: number;
}

/** Tells of ascending dates whether a rule has them, without walking through all that it has between them. */
const membership = (rule: RRule, from: number, effort: Effort): ((date: number) => boolean) => {
  let stream = ruleDates(rule, from);
  let head = stream.next();
  const isBefore = (date: number): boolean => head.done !== true && head.value < date;
  return (date) => {
    for (let steps = 0; isBefore(date); steps += 1) {
      effort.steps += 1;
      if (steps === NEAR_DATES && rule.count === null) {
        effort.steps += NEAR_DATES;
        stream = ruleDates(rule, date);
      }
      head = stream.next();
    }
    return head.done !== true && head.value === date;
  };
};

const setDates = function* (set: RRuleSet, from: number): Generator<number> {
  const added = set.dates.toSorted((a, b) => a - b).values();
  const dates = merged([added, ...set.rules.map((rule) => ruleDates(rule, from))]);
  const except = new Set(set.exceptDates);
  const effort: Effort = { steps: 0 };
  const exceptRules = set.exceptRules.map((rule) => membership(rule, from, effort));
  for (const date of dates) {
    effort.steps += 1;
    if (effort.steps > MAX_IDLE_STEPS) return;
    if (date >= from && !except.has(date) && !exceptRules.some((has) => has(date))) {
      effort.steps = 0;
      yield date;
    }
  }
};

const parseForDates = (schedule: RRuleSchedule): RRuleSet => {
  try {
    const set = parseRRule(schedule.rrule, () => zoneless(DEFAULT_START));
    if ([...set.rules, ...set.exceptRules].some(({ interval }) => interval < 0)) {
      throw new RRuleSyntaxError('day is out of range for month');
    }
    return set;
  } catch (error) {
    if (error instanceof RRuleSyntaxError)
      throw new ServerError('INVALID', error.message, { cause: error });
    throw error;
  }
};

/**
 * The dates of a recurrence in a window, oldest first; its times are wall clock times of the schedule's zone. Times
 * the clocks skip move back by the gap, repeated ones count once. Throws INVALID when an end in UTC meets a start
 * without a zone.
 */
export const rruleDates = (
  schedule: RRuleSchedule,
  window: DateWindow,
): readonly ScheduledDate[] => {
  const timezone =
    schedule.timezone === null || schedule.timezone === '' ? 'UTC' : schedule.timezone;
  const set = parseForDates(schedule);
  const count = wantedCount(window);
  const end = window.end ?? Infinity;
  const from = Math.floor(wallAt(timezone, window.start) / MICROS_PER_SECOND);
  const instants = new Set<number>();
  let tries = 0;
  for (const wall of setDates(set, from)) {
    const instant = instantOfWall(timezone, wall * MICROS_PER_SECOND, 'backward');
    if (instant < window.start) continue;
    if (instant > end) break;
    instants.add(instant);
    tries += 1;
    if (instants.size >= count || tries > MAX_ITERATIONS + 1) break;
  }
  return [...instants].toSorted((a, b) => a - b).map((instant) => scheduledDate(timezone, instant));
};

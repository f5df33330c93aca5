import {
  civilDate,
  dayNumber,
  daysInMonth,
  LAST_YEAR,
  range,
  SECONDS_PER_DAY,
} from './calendar.ts';
import { isRuleDay, isRuleMonth, weekStartOf } from './rrule-days.ts';
import { timesOf, type Frequency, type RRule } from './rrule-rule.ts';

const LAST_DAY = dayNumber(LAST_YEAR, 12, 31);
const LONGEST_MONTH_SECONDS = 31 * SECONDS_PER_DAY;

/** How many days or times without any date are looked at before a rule counts as having none left. */
const MAX_BARREN = 200_000;

/** The days of one step of a rule, or for steps below a day the times of one day. */
interface Period {
  /** No date of the period is before this. */
  readonly from: number;
  readonly days: readonly number[];
  readonly times: readonly number[];
  /** How many days or times had to be looked at for it. */
  readonly looks: number;
}

/** BYSETPOS picks from all dates of a period, by position from the front or the end. */
const positioned = (rule: RRule, dates: readonly number[]): readonly number[] => {
  if (rule.setPositions === undefined) return dates;
  const picked = rule.setPositions.map((position) =>
    dates.at(position > 0 ? position - 1 : position),
  );
  return [...new Set(picked.filter((date) => date !== undefined))].toSorted((a, b) => a - b);
};

const datesOf = (rule: RRule, period: Period): readonly number[] =>
  positioned(
    rule,
    period.days.flatMap((day) => period.times.map((time) => day * SECONDS_PER_DAY + time)),
  );

/** Whole steps that can be left out before a time; none when dates have to be counted from the start. */
const skippedSteps = (rule: RRule, stepSeconds: number, from: number): number =>
  rule.count === null ? Math.max(0, Math.floor((from - rule.start) / stepSeconds) - 2) : 0;

const monthlyPeriods = function* (
  rule: RRule,
  times: readonly number[],
  from: number,
): Generator<Period> {
  const start = civilDate(Math.floor(rule.start / SECONDS_PER_DAY));
  const step = rule.frequency === 'YEARLY' ? 12 * rule.interval : rule.interval;
  const firstMonth =
    rule.frequency === 'YEARLY' ? start.year * 12 : start.year * 12 + start.month - 1;
  const skipped = skippedSteps(rule, step * LONGEST_MONTH_SECONDS, from);
  for (let index = firstMonth + step * skipped; index < (LAST_YEAR + 1) * 12; index += step) {
    const year = Math.floor(index / 12);
    const months = rule.frequency === 'YEARLY' ? range(1, 12) : [(index % 12) + 1];
    const days = months
      .filter((month) => isRuleMonth(rule, month))
      .flatMap((month) =>
        range(dayNumber(year, month, 1), dayNumber(year, month, daysInMonth(year, month))),
      );
    const first = dayNumber(year, months[0] ?? 1, 1) * SECONDS_PER_DAY;
    const looks = days.length + 1;
    yield { from: first, days: days.filter((day) => isRuleDay(rule, day)), times, looks };
  }
};

const dailyPeriods = function* (
  rule: RRule,
  times: readonly number[],
  from: number,
): Generator<Period> {
  const isWeekly = rule.frequency === 'WEEKLY';
  const startDay = Math.floor(rule.start / SECONDS_PER_DAY);
  const step = rule.interval * (isWeekly ? 7 : 1);
  const firstDay = isWeekly ? weekStartOf(rule, startDay) : startDay;
  for (
    let day = firstDay + step * skippedSteps(rule, step * SECONDS_PER_DAY, from);
    day <= LAST_DAY;
    day += step
  ) {
    // The first week begins with the start itself, which matters for positions in it.
    const days = isWeekly ? range(Math.max(day, startDay), day + 6) : [day];
    yield {
      from: day * SECONDS_PER_DAY,
      days: days.filter((candidate) => isRuleDay(rule, candidate)),
      times,
      looks: days.length,
    };
  }
};

const UNIT_SECONDS = { HOURLY: 3600, MINUTELY: 60, SECONDLY: 1 } as const;

/** The next second after a stretch, in step with the rule. */
const alignedAfter = (from: number, stretch: number, step: number): number =>
  from +
  step * Math.max(1, Math.ceil((Math.floor(from / stretch) * stretch + stretch - from) / step));

/** A stretch that a rule leaves out. */
const barren = (from: number): Period => ({ from, days: [], times: [], looks: 1 });

/** The times of one step of hours, minutes or seconds, counted from its beginning. */
const timesOfStep = (rule: RRule, unitSeconds: number): readonly number[] => {
  const minutes = unitSeconds === 3600 ? (rule.minutes ?? []) : [0];
  const seconds = unitSeconds > 1 ? (rule.seconds ?? []) : [0];
  return timesOf({ hours: [0], minutes, seconds });
};

const timedPeriods = function* (rule: RRule, unitSeconds: number, from: number): Generator<Period> {
  const step = rule.interval * unitSeconds;
  const start = Math.floor(rule.start / unitSeconds) * unitSeconds;
  const times = timesOfStep(rule, unitSeconds);
  let at = start + step * skippedSteps(rule, step, from);
  for (;;) {
    const day = Math.floor(at / SECONDS_PER_DAY);
    if (day > LAST_DAY) return;
    const time = at - day * SECONDS_PER_DAY;
    if (!isRuleDay(rule, day)) {
      yield barren(at);
      at = alignedAfter(at, SECONDS_PER_DAY, step);
    } else if (rule.hours?.includes(Math.floor(time / 3600)) === false) {
      yield barren(at);
      at = alignedAfter(at, 3600, step);
    } else if (unitSeconds < 3600 && rule.minutes?.includes(Math.floor(time / 60) % 60) === false) {
      yield barren(at);
      at = alignedAfter(at, 60, step);
    } else if (unitSeconds === 1 && rule.seconds?.includes(time % 60) === false) {
      yield barren(at);
      at += step;
    } else {
      yield { from: at, days: [day], times: times.map((offset) => time + offset), looks: 1 };
      at += step;
    }
  }
};

const periodsOf = (rule: RRule, from: number): Iterable<Period> => {
  const { frequency } = rule;
  if (frequency === 'HOURLY' || frequency === 'MINUTELY' || frequency === 'SECONDLY') {
    return timedPeriods(rule, UNIT_SECONDS[frequency], from);
  }
  const times = timesOf({
    hours: rule.hours ?? [],
    minutes: rule.minutes ?? [],
    seconds: rule.seconds ?? [],
  });
  const isDaily = frequency === 'DAILY' || frequency === 'WEEKLY';
  return isDaily ? dailyPeriods(rule, times, from) : monthlyPeriods(rule, times, from);
};

interface FixedStep {
  readonly seconds: number;
  /** Lists that would leave steps out. */
  readonly filters: readonly TimeList[];
}

type TimeList = 'hours' | 'minutes' | 'seconds';

const FIXED_STEPS: Readonly<Partial<Record<Frequency, FixedStep>>> = {
  DAILY: { seconds: SECONDS_PER_DAY, filters: [] },
  HOURLY: { seconds: 3600, filters: ['hours'] },
  MINUTELY: { seconds: 60, filters: ['hours', 'minutes'] },
  SECONDLY: { seconds: 1, filters: ['hours', 'minutes', 'seconds'] },
};

const TIME_LISTS: readonly TimeList[] = ['hours', 'minutes', 'seconds'];
const DATE_LISTS = [
  'setPositions',
  'months',
  'monthDays',
  'yearDays',
  'weekNumbers',
  'weekdays',
  'easterDays',
] as const;

const isOneDateAStep = (rule: RRule, { filters }: FixedStep): boolean =>
  DATE_LISTS.every((name) => rule[name] === undefined) &&
  TIME_LISTS.every((name) =>
    filters.includes(name) ? rule[name] === undefined : rule[name]?.length === 1,
  );

/**
 * The same rule begun shortly before a time, when each of its steps is one date: then its count can be reckoned with
 * instead of counted down. Any other rule stays as it is.
 */
const begunLater = (rule: RRule, from: number): RRule => {
  const fixed = FIXED_STEPS[rule.frequency];
  if (rule.count === null || fixed === undefined || !isOneDateAStep(rule, fixed)) return rule;
  const step = fixed.seconds * rule.interval;
  const steps = Math.max(0, Math.floor((from - rule.start) / step) - 2);
  return { ...rule, start: rule.start + steps * step, count: rule.count - steps };
};

/** Whether the rule has no date at all, which a search would find out only after all years. */
const isImpossible = (rule: RRule): boolean =>
  rule.interval === 0 || rule.months?.every((month) => month < 1 || month > 12) === true;

/**
 * The wall clock seconds of a rule, oldest first, until its end or the last year. Dates before `from` may be left out;
 * when the rule has a count they are walked through, as they use it up. A rule whose parts never meet has no dates:
 * the search for one goes centuries far for rules of days, and then ends.
 */
export const ruleDates = function* (given: RRule, from: number): Generator<number> {
  if (isImpossible(given)) return;
  const rule = begunLater(given, from);
  let left = rule.count ?? Infinity;
  const until = rule.until ?? Infinity;
  let looks = 0;
  for (const period of periodsOf(rule, from)) {
    // Asked of periods too, because the lists of a rule can leave all of them empty.
    looks += period.looks;
    if (period.from > until || left <= 0 || looks > MAX_BARREN) return;
    for (const date of datesOf(rule, period).filter((candidate) => candidate >= rule.start)) {
      looks = 0;
      left -= 1;
      if (left < 0 || date > until) return;
      yield date;
    }
  }
};

import { ServerError } from '#server/errors.ts';

import {
  civilDate,
  dayNumber,
  dayOfWeek,
  daysInMonth,
  SECONDS_PER_DAY,
  type CivilDate,
} from './calendar.ts';
import type { CronDays, CronExpression, CronNumbers } from './cron-expression.ts';

/** A date further away than this counts as none. */
const MAX_YEARS_BETWEEN_DATES = 50;

const has = (numbers: CronNumbers, value: number): boolean =>
  numbers === null || numbers.includes(value);

/** The first of the numbers from a value on; null when all are smaller. */
const atLeast = (numbers: CronNumbers, value: number): number | null =>
  numbers === null ? value : (numbers.find((number) => number >= value) ?? null);

const first = (numbers: CronNumbers): number => numbers?.[0] ?? 0;

const isNthWeekday = ({ nth }: CronDays, date: CivilDate, weekday: number): boolean => {
  const wanted = nth.get(weekday);
  if (wanted === undefined) return false;
  const isLast = date.day + 7 > daysInMonth(date.year, date.month);
  return wanted.has(Math.ceil(date.day / 7)) || (isLast && wanted.has('last'));
};

/**
 * How many days on the next day of month is looked for; 0 when this one matches. The real server goes straight to
 * the next listed number, so from 22 February it takes a 31 for the 3 March, and `0 0 1,31 * *` has no 1 March then.
 */
const daysToMonthDay = ({ days, isLastDay }: CronDays, date: CivilDate): number => {
  if (days === null) return 0;
  const last = daysInMonth(date.year, date.month);
  if (isLastDay && date.day === last) return 0;
  const listed = atLeast(days, date.day) ?? (isLastDay ? last : null);
  return listed === null ? (days[0] ?? last) - date.day + last : listed - date.day;
};

const isWeekday = (rule: CronDays, day: number, date: CivilDate): boolean => {
  const weekday = dayOfWeek(day);
  return rule.nth.size > 0 ? isNthWeekday(rule, date, weekday) : has(rule.weekdays, weekday);
};

/** The first time of a day, in seconds, from a second of it on; null when the day has no more. */
const timeFrom = (rule: CronExpression, from: number): number | null => {
  const hour = Math.floor(from / 3600);
  const minute = Math.floor(from / 60) % 60;
  const seconds = rule.hasSeconds ? rule.seconds : [0];
  if (has(rule.hours, hour) && has(rule.minutes, minute)) {
    const second = atLeast(seconds, from % 60);
    if (second !== null) return hour * 3600 + minute * 60 + second;
  }
  if (has(rule.hours, hour) && minute < 59) {
    const next = atLeast(rule.minutes, minute + 1);
    if (next !== null) return hour * 3600 + next * 60 + first(seconds);
  }
  const next = hour < 23 ? atLeast(rule.hours, hour + 1) : null;
  return next === null ? null : next * 3600 + first(rule.minutes) * 60 + first(seconds);
};

const noDate = (): never => {
  throw new ServerError('INVALID', 'failed to find next date');
};

const search = (rule: CronExpression, days: CronDays, after: number): number => {
  const from = rule.hasSeconds ? after + 1 : (Math.floor(after / 60) + 1) * 60;
  let day = Math.floor(from / SECONDS_PER_DAY);
  let second = from - day * SECONDS_PER_DAY;
  const lastYear = civilDate(day).year + MAX_YEARS_BETWEEN_DATES;
  for (;;) {
    const date = civilDate(day);
    if (date.year > lastYear) return noDate();
    if (!has(rule.years, date.year)) {
      const year = atLeast(rule.years, date.year);
      if (year === null) return noDate();
      day = dayNumber(year, 1, 1);
    } else if (!has(rule.months, date.month)) {
      day = dayNumber(date.year, date.month + 1, 1);
    } else {
      const distance = daysToMonthDay(days, date);
      const time = distance === 0 && isWeekday(days, day, date) ? timeFrom(rule, second) : null;
      if (time !== null) return day * SECONDS_PER_DAY + time;
      day += Math.max(distance, 1);
    }
    second = 0;
  }
};

/** The next wall clock second after the given one that matches; throws INVALID when none does for 50 years. */
export const nextWallTime = (rule: CronExpression, dayOr: boolean, after: number): number => {
  const isRestricted = rule.days !== null && rule.weekdays !== null;
  if (!isRestricted || !dayOr) return search(rule, rule, after);
  // Each of the two has to have a date, even when the other's is earlier: `0 0 30 2 1` has none.
  const byMonthDay = search(rule, { ...rule, weekdays: null }, after);
  const byWeekday = search(rule, { ...rule, days: null, isLastDay: false }, after);
  return Math.min(byMonthDay, byWeekday);
};

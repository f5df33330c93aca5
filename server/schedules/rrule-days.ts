import { civilDate, dayNumber, dayOfWeek, daysInMonth, daysInYear, modulo } from './calendar.ts';
import type { RRule, RRuleWeekday } from './rrule-rule.ts';

/** Monday is 0. */
const weekdayOf = (day: number): number => modulo(dayOfWeek(day) - 1, 7);

/** The day number of Easter Sunday, by the Gregorian computus. */
const easterSunday = (year: number): number => {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const epact = modulo(
    century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25) + 19 * golden + 15,
    30,
  );
  const moon =
    epact -
    Math.floor(epact / 28) * (1 - Math.floor(29 / (epact + 1)) * Math.floor((21 - golden) / 11));
  const weekday = modulo(
    year + Math.floor(year / 4) + moon + 2 - century + Math.floor(century / 4),
    7,
  );
  return dayNumber(year, 3, 28 + moon - weekday);
};

/** The first day of week 1: the first week with at least four days in the year. */
const firstWeek = (year: number, weekStart: number): number => {
  const fourth = dayNumber(year, 1, 4);
  return fourth - modulo(weekdayOf(fourth) - weekStart, 7);
};

/**
 * The number of weeks that the year before is taken to have when days of its last week are asked for by number. Where
 * that year began in the last days of a week the real server reckons with the length of this one.
 */
const weeksBefore = (year: number, weekStart: number): number => {
  const sinceWeekStart = (of: number): number =>
    modulo(weekdayOf(dayNumber(of, 1, 1)) - weekStart, 7);
  const last = sinceWeekStart(year - 1);
  const days =
    modulo(7 - last, 7) >= 4
      ? daysInYear(year - 1) + last
      : daysInYear(year) - modulo(7 - sinceWeekStart(year), 7);
  return 52 + Math.floor((days % 7) / 4);
};

const isInWeeks = (rule: RRule, numbers: readonly number[], day: number): boolean => {
  const { weekStart } = rule;
  const { year } = civilDate(day);
  const ofYear = firstWeek(year, weekStart);
  const ofNext = firstWeek(year + 1, weekStart);
  // Of a neighbouring year only the week at the border counts: its first, or its last.
  if (day >= ofNext) return numbers.includes(1);
  const isBefore = day < ofYear;
  if (isBefore && numbers.includes(-1)) return true;
  if (isBefore && rule.frequency !== 'WEEKLY') {
    return numbers.includes(weeksBefore(year, weekStart));
  }
  const first = isBefore ? firstWeek(year - 1, weekStart) : ofYear;
  const week = Math.floor((day - first) / 7) + 1;
  const weeks = ((isBefore ? ofYear : ofNext) - first) / 7;
  return numbers.includes(week) || numbers.includes(week - weeks - 1);
};

/** The first and last day of the month or year in which numbered weekdays are counted. */
const countedSpan = (rule: RRule, day: number): readonly [number, number] => {
  const { year, month } = civilDate(day);
  const isWholeYear = rule.frequency === 'YEARLY' && rule.months === undefined;
  return isWholeYear
    ? [dayNumber(year, 1, 1), dayNumber(year, 12, 31)]
    : [dayNumber(year, month, 1), dayNumber(year, month, daysInMonth(year, month))];
};

const isNth = (rule: RRule, day: number, wanted: RRuleWeekday): boolean => {
  if (weekdayOf(day) !== wanted.weekday) return false;
  const [first, last] = countedSpan(rule, day);
  const nth = wanted.nth ?? 0;
  return nth > 0
    ? Math.floor((day - first) / 7) + 1 === nth
    : Math.floor((last - day) / 7) + 1 === -nth;
};

const isWeekday = (rule: RRule, day: number): boolean => {
  if (rule.weekdays === undefined) return true;
  const countsNth = rule.frequency === 'YEARLY' || rule.frequency === 'MONTHLY';
  const plain = rule.weekdays.filter(({ nth }) => nth === null || !countsNth);
  const numbered = rule.weekdays.filter(({ nth }) => nth !== null && countsNth);
  // Plain and numbered weekdays in one list both have to hold, as in the real server.
  const isPlain = plain.length === 0 || plain.some(({ weekday }) => weekday === weekdayOf(day));
  return isPlain && (numbered.length === 0 || numbered.some((wanted) => isNth(rule, day, wanted)));
};

const isMonthDay = ({ monthDays }: RRule, day: number): boolean => {
  // Day 0 does not exist and does not restrict either.
  const numbers = monthDays?.filter((number) => number !== 0) ?? [];
  if (numbers.length === 0) return true;
  const date = civilDate(day);
  return (
    numbers.includes(date.day) ||
    numbers.includes(date.day - daysInMonth(date.year, date.month) - 1)
  );
};

const isYearDay = ({ yearDays }: RRule, day: number): boolean => {
  if (yearDays === undefined) return true;
  const { year } = civilDate(day);
  const number = day - dayNumber(year, 1, 1) + 1;
  return yearDays.includes(number) || yearDays.includes(number - daysInYear(year) - 1);
};

export const isRuleMonth = ({ months }: RRule, month: number): boolean =>
  months?.includes(month) ?? true;

/** Whether the lists of a rule allow a day. */
export const isRuleDay = (rule: RRule, day: number): boolean => {
  const { year, month } = civilDate(day);
  return (
    isRuleMonth(rule, month) &&
    isMonthDay(rule, day) &&
    isWeekday(rule, day) &&
    isYearDay(rule, day) &&
    (rule.weekNumbers === undefined || isInWeeks(rule, rule.weekNumbers, day)) &&
    (rule.easterDays?.includes(day - easterSunday(year)) ?? true)
  );
};

/** The first day of the week that a day lies in. */
export const weekStartOf = (rule: RRule, day: number): number =>
  day - modulo(weekdayOf(day) - rule.weekStart, 7);

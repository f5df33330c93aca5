/** Proleptic Gregorian dates as day numbers (days since 1970-01-01) and wall clock times as seconds since that midnight. */
export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

export const SECONDS_PER_DAY = 86_400;

/** Dates after this year are beyond what an instant can hold exactly, so no search goes further. */
export const LAST_YEAR = 2254;

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeapYear = (year: number): boolean =>
  (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

export const daysInYear = (year: number): number => (isLeapYear(year) ? 366 : 365);

export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 31);

/** The day number of a date. Months and days outside their range carry over. */
export const dayNumber = (year: number, month: number, day: number): number => {
  // Not Date.UTC, which takes the years below 100 for those of the 20th century.
  const date = new Date(0);
  return date.setUTCFullYear(year, month - 1, day) / 86_400_000;
};

export const civilDate = (day: number): CivilDate => {
  const date = new Date(day * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

/** Sunday is 0. */
export const dayOfWeek = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** A remainder that is never negative. */
export const modulo = (value: number, divisor: number): number =>
  ((value % divisor) + divisor) % divisor;

export const range = (first: number, last: number, step = 1): number[] => {
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
};

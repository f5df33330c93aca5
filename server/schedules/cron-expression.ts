import {
  asciiDigits,
  CronSyntaxError,
  FIELD_NAMES,
  isFullField,
  parseField,
  type CronField,
  type CronFieldName,
} from './cron-field.ts';

/** The numbers a field may have, oldest first; null when every one will do. */
export type CronNumbers = readonly number[] | null;

/** Which days of a month count. */
export interface CronDays {
  readonly days: CronNumbers;
  readonly isLastDay: boolean;
  readonly weekdays: CronNumbers;
  /** When not empty, it alone decides over the weekday. */
  readonly nth: ReadonlyMap<number, ReadonlySet<number | 'last'>>;
}

/** A cron expression, read and expanded. */
export interface CronExpression extends CronDays {
  readonly minutes: CronNumbers;
  readonly hours: CronNumbers;
  readonly months: CronNumbers;
  /** Null when the expression has no seconds: then it is only second 0. */
  readonly seconds: CronNumbers;
  readonly hasSeconds: boolean;
  readonly years: CronNumbers;
}

const NAMED: Readonly<Record<string, string>> = {
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

const splitWords = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const numbersOf = (field: CronField): number[] =>
  [...field.values].filter((value) => typeof value === 'number').toSorted((a, b) => a - b);

const plainNumbers = (name: CronFieldName, field: CronField): CronNumbers =>
  field.values.has('*') || isFullField(name, field.values) ? null : numbersOf(field);

/** A full day field counts as a restriction unless the other day field has a star: the two are joined by "or". */
const dayNumbers = (name: CronFieldName, field: CronField, other: string): CronNumbers =>
  field.values.has('*') || (isFullField(name, field.values) && other.includes('*'))
    ? null
    : numbersOf(field);

const requireOnlyNth = ({ values, nth }: CronField): void => {
  const literals = [...values].filter((value) => typeof value === 'number' && !nth.has(value));
  if (nth.size > 0 && literals.length > 0 && !isFullField('weekday', values)) {
    throw new CronSyntaxError('weekdays and numbered weekdays cannot be mixed');
  }
};

/** Reads an expression of 5 fields, or with seconds 6 and with years 7; throws CronSyntaxError. */
export const parseCron = (text: string): CronExpression => {
  const lower = asciiDigits(text.toLowerCase());
  const words = splitWords(NAMED[lower] ?? lower);
  if (words.length < 5 || words.length > 7) throw new CronSyntaxError('wrong number of fields');
  const field = (name: CronFieldName): CronField =>
    parseField(name, words[FIELD_NAMES.indexOf(name)] ?? '*', words.length);
  const day = field('day');
  const weekday = field('weekday');
  requireOnlyNth(weekday);
  return {
    minutes: plainNumbers('minute', field('minute')),
    hours: plainNumbers('hour', field('hour')),
    days: dayNumbers('day', day, words[4] ?? ''),
    isLastDay: day.values.has('last'),
    months: plainNumbers('month', field('month')),
    weekdays: dayNumbers('weekday', weekday, words[2] ?? ''),
    nth: weekday.nth,
    seconds: plainNumbers('second', field('second')),
    hasSeconds: words.length > 5,
    years: plainNumbers('year', field('year')),
  };
};

/** Why the real server refuses an expression, in its words; null when it is fine. */
export const cronProblem = (text: string): string | null => {
  try {
    parseCron(text);
  } catch (error) {
    if (error instanceof CronSyntaxError) return `Invalid cron string: "${text}"`;
    throw error;
  }
  const isRandom = splitWords(text).some((word) => word === 'r' || word === 'R');
  return isRandom ? `Random and Hashed expressions are unsupported, received: "${text}"` : null;
};

import { modulo, range } from './calendar.ts';

/** Thrown while reading a cron expression; the caller says which one it was. */
export class CronSyntaxError extends Error {}

/** What one comma-separated element of a field stands for. */
type CronValue = number | '*' | 'last';

interface FieldRule {
  readonly first: number;
  readonly last: number;
  readonly names: Readonly<Record<string, number>>;
}

const MONTHS = {
  jan: 1,
  feb: 2,
  mar: 3,
  apr: 4,
  may: 5,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  oct: 10,
  nov: 11,
  dec: 12,
};
const WEEKDAYS = { sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6 };

export type CronFieldName = 'minute' | 'hour' | 'day' | 'month' | 'weekday' | 'second' | 'year';

/** The order in which the fields are written. */
export const FIELD_NAMES: readonly CronFieldName[] = [
  'minute',
  'hour',
  'day',
  'month',
  'weekday',
  'second',
  'year',
];

const RULES: Readonly<Record<CronFieldName, FieldRule>> = {
  minute: { first: 0, last: 59, names: {} },
  hour: { first: 0, last: 23, names: {} },
  day: { first: 1, last: 31, names: {} },
  month: { first: 1, last: 12, names: MONTHS },
  weekday: { first: 0, last: 6, names: WEEKDAYS },
  second: { first: 0, last: 59, names: {} },
  year: { first: 1970, last: 2099, names: {} },
};

export const isFullField = (name: CronFieldName, values: ReadonlySet<unknown>): boolean =>
  values.size === RULES[name].last - RULES[name].first + 1;

const fail = (reason: string): never => {
  throw new CronSyntaxError(reason);
};

interface FieldContext {
  readonly name: CronFieldName;
  readonly rule: FieldRule;
  readonly fieldCount: number;
}

/** Sunday may be 7 in five fields; day 0 is the 1st in six. */
const alias = ({ name, fieldCount }: FieldContext, value: number): number => {
  if (name === 'weekday' && value === 7 && fieldCount === 5) return 0;
  return name === 'day' && value === 0 && fieldCount === 6 ? 1 : value;
};

const bound = (field: FieldContext, text: string): number => {
  if (/^\d+$/.test(text)) return alias(field, Number(text));
  return field.rule.names[text] ?? fail('unknown name');
};

/** A range that runs over the end of the field, such as `22-2` or `fri-mon/2`. */
const wrapped = (
  rule: FieldRule,
  [low, high]: readonly [number, number],
  step: number,
): number[] => {
  const head = range(low, rule.last, step);
  const lastOfHead = head.at(-1) ?? rule.last;
  const left = rule.last - lastOfHead;
  const isCut = lastOfHead + step > rule.last + 1 && left < step;
  return [...head, ...range(rule.first + (isCut ? step - left : 0), high, step)];
};

const RANGE = /^([^-]+)-([^-/]+)(?:\/(\d+))?$/;

const matchRange = (rule: FieldRule, element: string): RegExpExecArray | null => {
  const spelledOut = element.replace(/^\*(\/.+)$/, `${rule.first}-${rule.last}$1`);
  return (
    RANGE.exec(spelledOut) ?? RANGE.exec(element.replace(/^(.+)\/(.+)$/, `$1-${rule.last}/$2`))
  );
};

const rangeValues = (field: FieldContext, match: RegExpExecArray): number[] => {
  const { rule, name } = field;
  const [, lowText = '', highText = '', stepText = '1'] = match;
  const step = Number(stepText);
  const low = bound(field, lowText);
  const high = bound(field, name === 'day' && highText === 'l' ? '31' : highText);
  if (step === 0 || Math.max(low, high) > rule.last) return fail('out of range');
  if (low > high) return wrapped(rule, [low, high], step);
  return low === high ? range(rule.first, rule.last, step) : range(low, high, step);
};

const single = (field: FieldContext, text: string): CronValue => {
  if (text === '*') return '*';
  if (text === 'l' && field.name === 'day') return 'last';
  const value = bound(field, text);
  return value < field.rule.first || value > field.rule.last ? fail('out of range') : value;
};

/** `2#3` is the third Tuesday, `l5` the last Friday; null for any other element. */
const nthWeekday = (
  element: string,
): { readonly days: string; readonly nth: number | 'last' } | null => {
  const last = /^l(\d+)$/.exec(element);
  if (last !== null) return { days: last[1] ?? '', nth: 'last' };
  const numbered = /^((?:[a-z]{3}-[a-z]{3})|\w+)#(\d+)$/.exec(element);
  if (numbered === null) return null;
  const nth = Number(numbered[2]);
  return nth < 1 || nth > 5 ? fail('no such week') : { days: numbered[1] ?? '', nth };
};

export interface CronField {
  readonly values: ReadonlySet<CronValue>;
  /** For days of the week: which ones of the month, by weekday. */
  readonly nth: ReadonlyMap<number, ReadonlySet<number | 'last'>>;
}

/** `r`, `r(1-3)` and `r/5` are a random value for the real server; it is the first of the range here. */
const settleRandom = (rule: FieldRule, text: string): string => {
  const match = /^(h|r)(?:\((\d+)-(\d+)\))?(?:\/(\d+))?$/.exec(text);
  if (match === null) return text;
  const [, type, begin, end, divisor] = match;
  if (type === 'h' || Number(divisor ?? 1) === 0) return fail('no hash to go by');
  if (begin !== undefined && end !== undefined && Number(begin) >= Number(end))
    return fail('empty range');
  const low = begin ?? String(rule.first);
  return divisor === undefined ? low : `${low}-${end ?? rule.last}/${divisor}`;
};

const expandElement = (field: FieldContext, element: string): readonly CronValue[] => {
  const match = matchRange(field.rule, element);
  if (match === null) return [single(field, element)];
  return rangeValues(field, match).map((value) => single(field, String(value)));
};

/** Reads one field of an expression in lower case; throws CronSyntaxError. */
export const parseField = (name: CronFieldName, source: string, fieldCount: number): CronField => {
  const field: FieldContext = { name, rule: RULES[name], fieldCount };
  const isDayField = name === 'day' || name === 'weekday';
  const text = settleRandom(field.rule, source === '?' && isDayField ? '*' : source);
  const values = new Set<CronValue>();
  const nth = new Map<number, Set<number | 'last'>>();
  for (const element of text.split(',')) {
    const special = name === 'weekday' ? nthWeekday(element) : null;
    for (const value of expandElement(field, special?.days ?? element)) {
      values.add(value);
      if (special !== null && typeof value === 'number') {
        nth.set(value, (nth.get(value) ?? new Set()).add(special.nth));
      }
    }
  }
  return { values, nth };
};

/** Decimal digits of any script as ASCII ones. */
export const asciiDigits = (text: string): string =>
  text.replace(/[^\0-\x7f]/gu, (char) => {
    if (!/\p{Nd}/u.test(char)) return char;
    // Digits of a script stand in a row from zero on, and rows are aligned to ten from the first digit.
    let first = char.codePointAt(0) ?? 0;
    const code = first;
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
    return String(modulo(code - first, 10));
  });

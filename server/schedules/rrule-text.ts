import { dayNumber, daysInMonth, SECONDS_PER_DAY } from './calendar.ts';
import {
  FREQUENCIES,
  RRuleSyntaxError,
  startRule,
  type Frequency,
  type RRule,
  type RRuleDate,
  type RRuleLists,
  type RRuleParts,
  type RRuleWeekday,
} from './rrule-rule.ts';
import { isValidTimezone } from './zone.ts';

/** Rules and dates that make up a schedule, with rules and dates that are taken out of it. */
export interface RRuleSet {
  readonly rules: readonly RRule[];
  readonly dates: readonly number[];
  readonly exceptRules: readonly RRule[];
  readonly exceptDates: readonly number[];
  /** Whether the text is a single rule and nothing besides its start. */
  readonly isSingleRule: boolean;
}

const DATE =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]?(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.\d+)?)?)?(Z|UTC|[+-]\d{2}:?\d{2})?)?$/;

/** The digits count as wall clock time whatever the zone is. */
const parseDate = (text: string): RRuleDate | null => {
  const match = DATE.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!isDate || hour > 23 || minute > 59 || second > 59) return null;
  const time = (hour || 0) * 3600 + (minute || 0) * 60 + (second || 0);
  return {
    wall: dayNumber(year, month, day) * SECONDS_PER_DAY + time,
    hasZone: match[7] !== undefined,
  };
};

const requireDate = (text: string): RRuleDate => {
  const date = parseDate(text);
  if (date === null) {
    const reason = text === '' ? 'String does not contain a date' : 'Unknown string format';
    throw new RRuleSyntaxError(`${reason}: ${text}`);
  }
  return date;
};

const integer = (text: string): number | null => (/^[+-]?\d+$/.test(text) ? Number(text) : null);

const integers = (text: string): number[] | null => {
  const numbers = text.split(',').map(integer);
  return numbers.every((number) => number !== null) ? numbers : null;
};

const WEEKDAY_NAMES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** `MO`, `+1MO` or `MO(+1)`. */
const weekday = (text: string): RRuleWeekday | null => {
  const match = /^([+-]?\d+)?([A-Z]{2})(?:\(([+-]?\d+)\))?$/.exec(text);
  const index = WEEKDAY_NAMES.indexOf(match?.[2] ?? '');
  const nth = match?.[3] ?? match?.[1];
  if (match === null || index < 0 || (nth !== undefined && Number(nth) === 0)) return null;
  return { weekday: index, nth: nth === undefined ? null : Number(nth) };
};

const weekdays = (text: string): RRuleWeekday[] | null => {
  const days = text.split(',').map(weekday);
  return days.every((day) => day !== null) ? days : null;
};

const LIST_NAMES: Readonly<Record<string, keyof RRuleLists>> = {
  BYSETPOS: 'setPositions',
  BYMONTH: 'months',
  BYMONTHDAY: 'monthDays',
  BYYEARDAY: 'yearDays',
  BYEASTER: 'easterDays',
  BYWEEKNO: 'weekNumbers',
  BYHOUR: 'hours',
  BYMINUTE: 'minutes',
  BYSECOND: 'seconds',
};

const frequencyOf = (text: string): Frequency | null =>
  FREQUENCIES.find((name) => name === text) ?? null;

/** What one `NAME=VALUE` says, null when the value is wrong, undefined when the name is unknown. */
const readPart = (name: string, value: string): Partial<RRuleParts> | null | undefined => {
  const list = LIST_NAMES[name];
  if (list !== undefined) {
    const numbers = integers(value);
    return numbers === null ? null : { [list]: numbers };
  }
  const wrap = (key: keyof RRuleParts, read: unknown): Partial<RRuleParts> | null =>
    read === null ? null : { [key]: read };
  if (name === 'FREQ') return wrap('frequency', frequencyOf(value));
  if (name === 'INTERVAL') return wrap('interval', integer(value));
  if (name === 'COUNT') return wrap('count', integer(value));
  if (name === 'UNTIL') return wrap('until', parseDate(value));
  if (name === 'BYDAY' || name === 'BYWEEKDAY') return wrap('weekdays', weekdays(value));
  if (name !== 'WKST') return undefined;
  const weekStart = WEEKDAY_NAMES.indexOf(value);
  return weekStart < 0 ? null : { weekStart };
};

const splitPair = (text: string, separator: string): readonly [string, string] => {
  const [name, value, ...more] = text.split(separator);
  if (name === undefined || value === undefined) {
    throw new RRuleSyntaxError('not enough values to unpack (expected 2, got 1)');
  }
  if (more.length > 0) throw new RRuleSyntaxError('too many values to unpack (expected 2)');
  return [name, value];
};

const parseParts = (line: string): RRuleParts => {
  const [property, rule] = line.includes(':') ? splitPair(line, ':') : ['RRULE', line];
  if (property !== 'RRULE') throw new RRuleSyntaxError('unknown parameter name');
  let parts: Partial<RRuleParts> = {};
  for (const pair of rule.split(';')) {
    const [name, value] = splitPair(pair, '=');
    const read = readPart(name, value);
    if (read === undefined) throw new RRuleSyntaxError(`unknown parameter '${name}'`);
    if (read === null) throw new RRuleSyntaxError(`invalid '${name}': ${value}`);
    parts = { ...parts, ...read };
  }
  if (parts.frequency === undefined) throw new RRuleSyntaxError('FREQ is missing');
  return {
    interval: 1,
    count: null,
    until: null,
    weekStart: 0,
    ...parts,
    frequency: parts.frequency,
  };
};

interface Lines {
  readonly rules: string[];
  readonly dates: string[];
  readonly exceptRules: string[];
  readonly exceptDates: RRuleDate[];
  start: RRuleDate | null;
}

const requireNoParameters = (
  name: string,
  parameters: readonly string[],
  allowed: readonly string[] = [],
): void => {
  const unknown = parameters.find((parameter) => !allowed.includes(parameter));
  if (unknown !== undefined) throw new RRuleSyntaxError(`unsupported ${name} parm: ${unknown}`);
};

/** The dates of a DTSTART or EXDATE line; a zone parameter only tells that they have one. */
const zonedDates = (
  value: string,
  parameters: readonly string[],
  zones: ReadonlyMap<string, string>,
): RRuleDate[] => {
  const zone = parameters
    .filter((parameter) => parameter.startsWith('TZID='))
    .map((parameter) => parameter.slice(5));
  const isZoned = zone.some((name) => isValidTimezone(zones.get(name) ?? ''));
  const others = parameters.filter((parameter) => !parameter.startsWith('TZID='));
  const unknown = others.find(
    (parameter) => parameter !== 'VALUE=DATE-TIME' && parameter !== 'VALUE=DATE',
  );
  if (unknown !== undefined) throw new RRuleSyntaxError(`unsupported parm: ${unknown}`);
  if (others.length > 1)
    throw new RRuleSyntaxError(`Duplicate value parameter found in: ${others[1]}`);
  return value.split(',').map((text) => {
    const date = requireDate(text);
    if (isZoned && date.hasZone)
      throw new RRuleSyntaxError('DTSTART/EXDATE specifies multiple timezone');
    return { wall: date.wall, hasZone: date.hasZone || isZoned };
  });
};

const readLine = (lines: Lines, line: string, zones: ReadonlyMap<string, string>): void => {
  const colon = line.indexOf(':');
  const [name = '', ...parameters] = colon < 0 ? ['RRULE'] : line.slice(0, colon).split(';');
  const value = line.slice(colon + 1);
  if (name === 'RRULE' || name === 'EXRULE') {
    requireNoParameters(name, parameters);
    (name === 'RRULE' ? lines.rules : lines.exceptRules).push(value);
  } else if (name === 'RDATE') {
    requireNoParameters(name, parameters, ['VALUE=DATE-TIME']);
    lines.dates.push(...value.split(','));
  } else if (name === 'EXDATE') {
    lines.exceptDates.push(...zonedDates(value, parameters, zones));
  } else if (name === 'DTSTART') {
    const starts = zonedDates(value, parameters, zones);
    if (starts.length !== 1)
      throw new RRuleSyntaxError(`Multiple DTSTART values specified:${value}`);
    lines.start = starts[0] ?? null;
  } else {
    throw new RRuleSyntaxError(`unsupported property: ${name}`);
  }
};

const readLines = (text: string): Lines => {
  // Names of zones are the only part whose case matters.
  const zones = new Map(
    [...text.matchAll(/TZID=([^:]+):/g)].map(([, name = '']) => [name.toUpperCase(), name]),
  );
  const lines: Lines = { rules: [], dates: [], exceptRules: [], exceptDates: [], start: null };
  for (const line of text.toUpperCase().split(/\s+/)) {
    if (line !== '') readLine(lines, line, zones);
  }
  return lines;
};

/** Reads the text of a schedule, whose rules start at `implicitStart` unless it names one; throws RRuleSyntaxError. */
export const parseRRule = (
  text: string,
  implicitStart: (until: RRuleDate | null) => RRuleDate,
): RRuleSet => {
  if (text.trim() === '') throw new RRuleSyntaxError('empty string');
  const lines = readLines(text);
  const ruleOf = (line: string): RRule => {
    const parts = parseParts(line);
    return startRule(parts, lines.start ?? implicitStart(parts.until));
  };
  const rules = lines.rules.map(ruleOf);
  const exceptRules = lines.exceptRules.map(ruleOf);
  const dates = lines.dates.map((date) => requireDate(date).wall);
  const isSet =
    rules.length > 1 || dates.length + exceptRules.length + lines.exceptDates.length > 0;
  if (!isSet && rules.length === 0) throw new RRuleSyntaxError('no rule and no date');
  const exceptDates = lines.exceptDates.map(({ wall }) => wall);
  return { rules, dates, exceptRules, exceptDates, isSingleRule: !isSet };
};

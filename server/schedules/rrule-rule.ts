import { modulo } from './calendar.ts';

export const FREQUENCIES = [
  'YEARLY',
  'MONTHLY',
  'WEEKLY',
  'DAILY',
  'HOURLY',
  'MINUTELY',
  'SECONDLY',
] as const;

export type Frequency = (typeof FREQUENCIES)[number];

/** Thrown while reading a recurrence rule; the message says what is wrong. */
export class RRuleSyntaxError extends Error {}

/** A weekday of a BYDAY list: Monday is 0; `nth` counts within the month or year, from its end when negative. */
export interface RRuleWeekday {
  readonly weekday: number;
  readonly nth: number | null;
}

/** Wall clock seconds, and whether the text named a zone for them. */
export interface RRuleDate {
  readonly wall: number;
  readonly hasZone: boolean;
}

/** The lists of a rule; an absent list does not restrict. */
export interface RRuleLists {
  readonly setPositions?: readonly number[];
  readonly months?: readonly number[];
  readonly monthDays?: readonly number[];
  readonly yearDays?: readonly number[];
  readonly easterDays?: readonly number[];
  readonly weekNumbers?: readonly number[];
  readonly weekdays?: readonly RRuleWeekday[];
  readonly hours?: readonly number[];
  readonly minutes?: readonly number[];
  readonly seconds?: readonly number[];
}

/** A rule as it was written, before its start is known. */
export interface RRuleParts extends RRuleLists {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | null;
  readonly until: RRuleDate | null;
  /** The first day of a week; Monday is 0. */
  readonly weekStart: number;
}

/** A rule with its start, and with what the start implies filled in. */
export interface RRule extends Omit<RRuleParts, 'until'> {
  readonly start: number;
  readonly until: number | null;
}

/** Whether the rule steps by hours or less, so that its lists of times restrict instead of multiply. */
const isAtLeastHourly = (frequency: Frequency): boolean =>
  frequency === 'HOURLY' || frequency === 'MINUTELY' || frequency === 'SECONDLY';

const requireTimes = (name: string, values: readonly number[] | undefined, last: number): void => {
  if (values?.some((value) => value < 0 || value > last) === true) {
    throw new RRuleSyntaxError(`${name} must be in 0..${last}`);
  }
};

const requireReachable = (
  values: readonly number[] | undefined,
  from: number,
  reach: [number, number],
): void => {
  const [interval, base] = reach;
  let divisor = interval;
  for (let rest = base; rest !== 0;) [divisor, rest] = [rest, divisor % rest];
  if (
    values !== undefined &&
    !values.some((value) => modulo(value - from, Math.abs(divisor)) === 0)
  ) {
    throw new RRuleSyntaxError('Invalid rrule byxxx generates an empty set.');
  }
};

const DAY_LISTS = ['weekNumbers', 'yearDays', 'monthDays', 'weekdays', 'easterDays'] as const;

const impliedLists = (parts: RRuleParts, start: number): RRuleLists => {
  if (DAY_LISTS.some((name) => parts[name] !== undefined)) return {};
  const date = new Date(start * 1000);
  const monthDays = [date.getUTCDate()];
  if (parts.frequency === 'YEARLY')
    return { months: parts.months ?? [date.getUTCMonth() + 1], monthDays };
  if (parts.frequency === 'MONTHLY') return { monthDays };
  if (parts.frequency === 'WEEKLY')
    return { weekdays: [{ weekday: modulo(date.getUTCDay() - 1, 7), nth: null }] };
  return {};
};

const ascending = (values: readonly number[]): number[] =>
  [...new Set(values)].toSorted((a, b) => a - b);

interface TimeLists {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
}

/** Every combination of hours, minutes and seconds, as seconds of the day, oldest first. */
export const timesOf = ({ hours, minutes, seconds }: TimeLists): number[] =>
  ascending(
    hours.flatMap((hour) =>
      minutes.flatMap((minute) => seconds.map((second) => hour * 3600 + minute * 60 + second)),
    ),
  );

const requireMatchingZones = (parts: RRuleParts, start: RRuleDate): void => {
  if (parts.until !== null && parts.until.hasZone !== start.hasZone) {
    throw new RRuleSyntaxError(
      'RRULE UNTIL values must be specified in UTC when DTSTART is timezone-aware',
    );
  }
};

/** Gives a rule its start; throws RRuleSyntaxError when the two do not go together. */
export const startRule = (parts: RRuleParts, start: RRuleDate): RRule => {
  requireMatchingZones(parts, start);
  if (parts.setPositions?.some((position) => position === 0 || Math.abs(position) > 366) === true) {
    throw new RRuleSyntaxError('bysetpos must be between 1 and 366, or between -366 and -1');
  }
  const date = new Date(start.wall * 1000);
  const [hour, minute, second] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  requireTimes('hour', parts.hours, 23);
  requireTimes('minute', parts.minutes, 59);
  requireTimes('second', parts.seconds, 59);
  if (parts.frequency === 'HOURLY') requireReachable(parts.hours, hour, [parts.interval, 24]);
  if (parts.frequency === 'MINUTELY') requireReachable(parts.minutes, minute, [parts.interval, 60]);
  if (parts.frequency === 'SECONDLY') requireReachable(parts.seconds, second, [parts.interval, 60]);
  const isSubDaily = isAtLeastHourly(parts.frequency);
  const minutes =
    parts.minutes ?? (parts.frequency === 'HOURLY' || !isSubDaily ? [minute] : undefined);
  const seconds = parts.seconds ?? (parts.frequency === 'SECONDLY' ? undefined : [second]);
  const hours = parts.hours ?? (isSubDaily ? undefined : [hour]);
  return {
    ...parts,
    ...impliedLists(parts, start.wall),
    ...(hours !== undefined && { hours }),
    ...(minutes !== undefined && { minutes }),
    ...(seconds !== undefined && { seconds }),
    start: start.wall,
    until: parts.until?.wall ?? null,
  };
};

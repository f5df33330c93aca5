import type { AskedSchedule } from './random-schedules.ts';

/** What became of a schedule: its dates, the faults it is refused for, or why its dates cannot be had. */
export interface Outcome {
  readonly dates?: readonly string[];
  readonly refused?: readonly (readonly [readonly string[], string])[];
  readonly failed?: string;
  readonly broken?: string;
  readonly endless?: true;
}

export interface Difference {
  readonly asked: AskedSchedule;
  readonly expected: Outcome;
  readonly given: Outcome;
}

const ZONE_LIST = /^String should match pattern 'Africa/u;

/** The real message about an unknown zone of a recurrence lists all 600 that there are. */
const withoutZoneList = ({ refused }: Outcome): string =>
  JSON.stringify(
    refused?.map(([loc, message]) => [
      loc,
      ZONE_LIST.test(message)
        ? 'String should be an IANA time zone name, for example, America/New_York'
        : message,
    ]),
  );

const CHANGES_KNOWN_UNTIL = '2038';

/** Whether two lists of dates are one up to the year whose changes of clocks the real library does not know. */
const agreeAtFirst = (one: readonly string[], other: readonly string[]): boolean => {
  const early = (dates: readonly string[]): string =>
    dates.filter((date) => date < CHANGES_KNOWN_UNTIL).join(' ');
  return early(one) === early(other) && one.length > 0 && other.length > 0;
};

const isMixed = (interval: unknown): boolean =>
  typeof interval === 'number' && interval > 86_400 && interval % 86_400 !== 0;

/** Whether it is refused because its steps never meet its lists, counted from a start that it does not name. */
const wallTimes = (dates: readonly string[]): string =>
  dates.map((date) => date.slice(0, 19)).join(' ');

/** Whether dates are the given ones without some that lie between them. */
const isPartOf = (dates: readonly string[], whole: readonly string[]): boolean => {
  const instants = new Set(whole.map(Date.parse));
  const last = Math.max(...instants);
  return dates.map(Date.parse).every((date) => date > last || instants.has(date));
};

const isOfRandomPhase = ({ refused, failed = '' }: Outcome): boolean =>
  [failed, ...(refused ?? []).map(([, message]) => message)].some((message) =>
    message.includes('byxxx generates an empty set'),
  );

/** Reasons for a schedule whose dates the real library cannot tell. */
const whyFailed = (failed: string, { schedule }: AskedSchedule): string | null => {
  if (failed.startsWith('TypeError') && schedule['timezone'] === null) {
    return 'a recurrence without a zone fails there, and is in UTC here';
  }
  if (failed.startsWith('ValueError: ZoneInfo keys')) {
    return 'an interval in an empty zone fails there, and is in UTC here';
  }
  const { rrule } = schedule;
  if (typeof rrule === 'string' && /interval=0/iu.test(rrule))
    return 'an interval of 0 has no dates here';
  return failed.includes('not enough values to unpack') ? 'it cannot read its own set again' : null;
};

const whyDates = (
  expected: readonly string[],
  given: readonly string[],
  { schedule }: AskedSchedule,
): string | null => {
  if (isMixed(schedule['interval'])) {
    return 'before Python 3.13 hours beside whole days are added on the wall clock';
  }
  if (schedule['interval'] !== undefined && isPartOf(expected, given)) {
    return 'before Python 3.13 some instants of a repeated hour are lost';
  }
  if (schedule['interval'] !== undefined && wallTimes(expected) === wallTimes(given)) {
    return 'before Python 3.13 it is the second of two equal times';
  }
  const { cron } = schedule;
  if (typeof cron === 'string' && cron.includes('R(')) return 'random minutes';
  return agreeAtFirst(expected, given) ? 'changes of clocks after 2037' : null;
};

/** Why an answer differs on purpose; null when it should not. */
export const knownDifference = ({ asked, expected, given }: Difference): string | null => {
  if (expected.endless === true) return 'the real search was given up after a second';
  if (isOfRandomPhase(expected)) return 'whether steps meet depends on when it is asked there';
  if (expected.failed !== undefined) {
    const isSame = expected.failed.replace(/^\w+: /u, '') === given.failed;
    return isSame ? 'equal: failed' : whyFailed(expected.failed, asked);
  }
  if (expected.dates !== undefined && given.dates !== undefined) {
    return whyDates(expected.dates, given.dates, asked);
  }
  return expected.refused !== undefined &&
    withoutZoneList(expected) === JSON.stringify(given.refused)
    ? 'the message about an unknown zone does not list them all'
    : null;
};

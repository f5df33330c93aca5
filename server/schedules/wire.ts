import { readDurationNumber, readDurationText } from '#server/duration.ts';
import { ServerError } from '#server/errors.ts';
import { instantOfNumber, readInstantText } from '#server/instant-text.ts';
import { plainNumber } from '#server/lossless-json.ts';
import { formatInstant, MICROS_PER_SECOND, micros, nowMicros, type Micros } from '#server/time.ts';

import { cronProblem } from './cron-expression.ts';
import { normalizeRRule, rruleProblem } from './rrule.ts';
import type { CronSchedule, IntervalSchedule, RRuleSchedule, Schedule } from './schedule.ts';
import { Reader, type ScheduleIssue } from './wire-reader.ts';
import { isValidTimezone } from './zone.ts';

/** The JSON that REST stores and shows for a schedule. */
export type WireSchedule =
  | { readonly interval: number; readonly anchor_date: string; readonly timezone: string }
  | { readonly cron: string; readonly timezone: string | null; readonly day_or: boolean }
  | { readonly rrule: string; readonly timezone: string | null };

const OFFSET = /(Z|[+-]\d{2}:?(?:\d{2})?)$/i;

interface Anchor {
  readonly instant: Micros;
  readonly offset: string;
}

const offsetOf = (text: string): string => {
  const [found = 'Z'] = OFFSET.exec(/[T ]/i.test(text.trim()) ? text.trim() : '') ?? [];
  const digits = found.replace(/\D/g, '').padEnd(4, '0');
  return /^0*$/.test(digits)
    ? 'Z'
    : `${found[0] ?? '+'}${digits.slice(0, 2)}:${digits.slice(2, 4)}`;
};

const anchorOfText = (text: string): Anchor | null => {
  const instant = readInstantText(text);
  return instant === null ? null : { instant, offset: offsetOf(text) };
};

const anchorOfSeconds = (seconds: number): Anchor => ({
  instant: instantOfNumber(seconds),
  offset: 'Z',
});

const anchorText = ({ anchorDate, anchorOffset }: IntervalSchedule): string => {
  if (anchorOffset === 'Z') return formatInstant(anchorDate);
  const minutes = Number(anchorOffset.slice(1, 3)) * 60 + Number(anchorOffset.slice(4, 6));
  const shift = (anchorOffset.startsWith('-') ? -minutes : minutes) * 60 * MICROS_PER_SECOND;
  return formatInstant(micros(anchorDate + shift)).replace('Z', anchorOffset);
};

const timezoneIssue = (reader: Reader, timezone: string): void => {
  const hint = '(specify in IANA tzdata format, for example, America/New_York)';
  reader.refuseValue([], `Invalid timezone: "${timezone}" ${hint}`);
};

const readInterval = (reader: Reader): number => {
  const value = plainNumber(reader.required('interval'));
  if (value === undefined) return 0;
  const isNumber = typeof value === 'number' || typeof value === 'boolean';
  if (!isNumber && typeof value !== 'string') {
    reader.refuse('interval', {
      type: 'time_delta_type',
      msg: 'Input should be a valid timedelta',
    });
    return 0;
  }
  const reading = isNumber ? readDurationNumber(Number(value)) : readDurationText(value);
  if ('problem' in reading) {
    const { problem } = reading;
    const msg = `Input should be a valid timedelta, ${problem}`;
    reader.refuse('interval', { type: 'time_delta_parsing', msg, problem });
    return 0;
  }
  if (reading.seconds <= 0) reader.refuseValue(['interval'], 'interval must be positive');
  return reading.seconds;
};

const readAnchor = (reader: Reader, now: Micros): Anchor => {
  const value = plainNumber(reader.optional('anchor_date'));
  if (value === undefined || value === 'now') return { instant: now, offset: 'Z' };
  const anchor =
    typeof value === 'number'
      ? anchorOfSeconds(value)
      : typeof value === 'string'
        ? anchorOfText(value)
        : null;
  if (anchor !== null && Number.isFinite(anchor.instant)) return anchor;
  if (typeof value === 'string')
    reader.refuseValue(['anchor_date'], `Unable to parse string [${value}]`);
  else reader.refuse('anchor_date', { type: 'value_error', msg: 'value is not a valid datetime' });
  return { instant: now, offset: 'Z' };
};

const intervalSchedule = (reader: Reader, now: Micros): IntervalSchedule => {
  const intervalSeconds = readInterval(reader);
  const { instant, offset } = readAnchor(reader, now);
  const timezone = reader.text('timezone', null);
  if (reader.isFine() && timezone !== null && timezone !== '' && !isValidTimezone(timezone)) {
    timezoneIssue(reader, timezone);
  }
  return {
    kind: 'interval',
    intervalSeconds,
    anchorDate: instant,
    anchorOffset: offset,
    timezone: timezone ?? 'UTC',
  };
};

const cronSchedule = (reader: Reader): CronSchedule => {
  const cron = reader.requiredText('cron');
  const problem = cron === null ? null : cronProblem(cron);
  if (problem !== null) reader.refuseValue(['cron'], problem);
  const timezone = reader.text('timezone', null);
  const dayOr = reader.boolean('day_or', true);
  if (reader.isFine() && timezone !== null && timezone !== '' && !isValidTimezone(timezone)) {
    timezoneIssue(reader, timezone);
  }
  return { kind: 'cron', cron: cron ?? '', timezone, dayOr };
};

const rruleSchedule = (reader: Reader): RRuleSchedule => {
  const rrule = reader.requiredText('rrule');
  const problem = rrule === null ? null : rruleProblem(rrule);
  if (problem !== null) reader.refuseValue(['rrule'], problem);
  const timezone = reader.text('timezone', 'UTC');
  if (timezone !== null && !isValidTimezone(timezone)) {
    const msg = 'String should be an IANA time zone name, for example, America/New_York';
    reader.refuse('timezone', { type: 'string_pattern_mismatch', msg });
  }
  return { kind: 'rrule', rrule: rrule ?? '', timezone };
};

interface Kind {
  readonly key: string;
  /** How the real server names the kind in the place of an issue. */
  readonly tag: string;
  readonly fields: readonly string[];
  readonly read: (reader: Reader, now: Micros) => Schedule;
}

/** In the order in which they are tried. */
const KINDS: readonly Kind[] = [
  {
    key: 'interval',
    tag: 'function-after[validate_timezone(), IntervalSchedule]',
    fields: ['interval', 'anchor_date', 'timezone'],
    read: intervalSchedule,
  },
  {
    key: 'cron',
    tag: 'function-after[validate_timezone(), CronSchedule]',
    fields: ['cron', 'timezone', 'day_or'],
    read: cronSchedule,
  },
  {
    key: 'rrule',
    tag: 'RRuleSchedule',
    fields: ['rrule', 'timezone'],
    read: rruleSchedule,
  },
];

const readKind = (wire: unknown, kind: Kind, now: Micros): Schedule | readonly ScheduleIssue[] => {
  const reader = new Reader(wire, kind.fields);
  if (!reader.isObject()) {
    const msg = 'Input should be a valid dictionary or object to extract fields from';
    return [{ type: 'model_attributes_type', loc: [], msg, input: wire }];
  }
  const schedule = kind.read(reader, now);
  const issues = reader.issues();
  return issues.length === 0 ? schedule : issues;
};

const refusal = (wire: unknown, found: readonly (readonly ScheduleIssue[])[]): ServerError => {
  const named = KINDS.findIndex(
    ({ key }) => typeof wire === 'object' && wire !== null && key in wire,
  );
  const told = found[named]?.map(({ msg }) => msg.replace('Value error, ', '')).join('; ');
  const issues = found.flatMap((list, index) =>
    list.map((issue) => ({ ...issue, loc: [KINDS[index]?.tag ?? '', ...issue.loc] })),
  );
  return new ServerError('INVALID', told ?? 'A schedule needs one of interval, cron and rrule.', {
    details: { issues },
  });
};

/**
 * Reads a schedule from Prefect's JSON; an interval without an anchor gets the present. Throws INVALID with the real
 * server's message of the kind that was meant; `details.issues` has `{ type, loc, msg, input }` of all three kinds.
 */
export const parseSchedule = (wire: unknown, now: Micros = nowMicros()): Schedule => {
  const found: (readonly ScheduleIssue[])[] = [];
  for (const kind of KINDS) {
    const read = readKind(wire, kind, now);
    if ('kind' in read) return read;
    found.push(read);
  }
  throw refusal(wire, found);
};

/** The schedule as it is written to the database: recurrence rules get an explicit start. */
export const storedSchedule = (schedule: Schedule, now: Micros = nowMicros()): Schedule =>
  schedule.kind === 'rrule'
    ? { ...schedule, rrule: normalizeRRule(schedule.rrule, schedule.timezone, now) }
    : schedule;

/** Prefect's JSON of a schedule; reading it again gives the same schedule. */
export const scheduleToWire = (schedule: Schedule): WireSchedule => {
  if (schedule.kind === 'cron') {
    return { cron: schedule.cron, timezone: schedule.timezone, day_or: schedule.dayOr };
  }
  if (schedule.kind === 'rrule') return { rrule: schedule.rrule, timezone: schedule.timezone };
  return {
    interval: schedule.intervalSeconds,
    anchor_date: anchorText(schedule),
    timezone: schedule.timezone,
  };
};

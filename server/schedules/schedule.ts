import type { Micros } from '#server/time.ts';

/** Dates at a fixed distance from an anchor; whole days keep the wall clock time of the zone. */
export interface IntervalSchedule {
  readonly kind: 'interval';
  /** Positive, whole microseconds at most. */
  readonly intervalSeconds: number;
  readonly anchorDate: Micros;
  /** The offset in which the anchor was given and is shown: `Z` or `+05:30`. */
  readonly anchorOffset: string;
  /** An IANA name, or empty for UTC. */
  readonly timezone: string;
}

/** Dates of a cron expression of 5 to 7 fields. */
export interface CronSchedule {
  readonly kind: 'cron';
  readonly cron: string;
  /** An IANA name; null or empty for UTC. */
  readonly timezone: string | null;
  /** Whether a day has to match the day of month or the day of week, and not both. */
  readonly dayOr: boolean;
}

/** Dates of iCalendar recurrence rules. */
export interface RRuleSchedule {
  readonly kind: 'rrule';
  readonly rrule: string;
  /** An IANA name; null for UTC. */
  readonly timezone: string | null;
}

export type Schedule = IntervalSchedule | CronSchedule | RRuleSchedule;

/** One call looks at about this many dates, so an endless rule or a far end costs no more than that. */
export const MAX_ITERATIONS = 1000;

/** Which dates of a schedule are asked for. */
export interface DateWindow {
  /** The first date is at or after this instant. */
  readonly start: Micros;
  /** How many dates; without it one, or up to 1000 when there is an end. */
  readonly count?: number | undefined;
  /** No date is after this instant. */
  readonly end?: Micros | undefined;
  /** Whether fewer dates will do when a cron expression runs out of them, which is INVALID otherwise. */
  readonly mayFallShort?: boolean | undefined;
}

export const wantedCount = (window: DateWindow): number =>
  window.count ?? (window.end === undefined ? 1 : MAX_ITERATIONS);

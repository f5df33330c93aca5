import type { DeploymentDetailsFragment, ScheduleInput } from '@prefect-server/client-gen/web';

import { scheduleTimezone } from '#lib/deployments/schedule-text.ts';
import { parseObject } from '#lib/parameters/schema-fields.ts';

export type DeploymentSchedule = DeploymentDetailsFragment['schedules'][number];

/** A schedule while somebody types it. */
export type ScheduleDraft = {
  kind: 'cron' | 'interval' | 'rrule';
  cron: string;
  /** Whether a day of the month or a day of the week is enough. */
  dayOr: boolean;
  interval: number;
  unitSeconds: number;
  rrule: string;
  timezone: string;
  slug: string;
  maxScheduledRuns: number | null;
  parameters: string;
};

/** How long the units last in which intervals are given. */
export const intervalUnits = [
  { label: 'seconds', seconds: 1 },
  { label: 'minutes', seconds: 60 },
  { label: 'hours', seconds: 3600 },
  { label: 'days', seconds: 86_400 },
] as const;

const largestUnit = (intervalSeconds: number): number =>
  intervalUnits.findLast(({ seconds }) => intervalSeconds % seconds === 0)?.seconds ?? 1;

/** What stands in the form for a schedule, or for a new one of every hour. */
export const draftOf = (schedule: DeploymentSchedule | null, timezone: string): ScheduleDraft => {
  const draft: ScheduleDraft = {
    kind: 'cron',
    cron: '0 * * * *',
    dayOr: true,
    interval: 1,
    unitSeconds: 3600,
    rrule: 'FREQ=DAILY;BYHOUR=6;BYMINUTE=0',
    timezone: schedule === null ? timezone : scheduleTimezone(schedule.schedule),
    slug: schedule?.slug ?? '',
    maxScheduledRuns: schedule?.maxScheduledRuns ?? null,
    parameters: JSON.stringify(schedule?.parameters ?? {}, null, 2),
  };
  switch (schedule?.schedule.__typename) {
    case 'CronSchedule':
      return {
        ...draft,
        kind: 'cron',
        cron: schedule.schedule.cron,
        dayOr: schedule.schedule.dayOr,
      };
    case 'IntervalSchedule': {
      const unitSeconds = largestUnit(schedule.schedule.intervalSeconds);
      const interval = schedule.schedule.intervalSeconds / unitSeconds;
      return { ...draft, kind: 'interval', interval, unitSeconds };
    }
    case 'RRuleSchedule':
      return { ...draft, kind: 'rrule', rrule: schedule.schedule.rrule };
    default:
      return draft;
  }
};

/** The schedule that was typed; an interval keeps the anchor that it had. */
export const scheduleInput = (
  { kind, cron, dayOr, interval, unitSeconds, rrule, timezone }: ScheduleDraft,
  former: DeploymentSchedule | null,
): ScheduleInput => {
  switch (kind) {
    case 'cron':
      return { cron: { cron, timezone, dayOr } };
    case 'interval': {
      const anchorDate =
        former?.schedule.__typename === 'IntervalSchedule' ? former.schedule.anchorDate : null;
      const intervalSeconds = interval * unitSeconds;
      return {
        interval: { intervalSeconds, timezone, ...(anchorDate !== null && { anchorDate }) },
      };
    }
    case 'rrule':
      return { rrule: { rrule, timezone } };
  }
};

/** What is sent beside the schedule itself; null while the parameters are no JSON object. */
export const scheduleTerms = ({ slug, maxScheduledRuns, parameters }: ScheduleDraft) => {
  const values = parseObject(parameters);
  return values === null
    ? null
    : { slug: slug.trim() === '' ? null : slug.trim(), maxScheduledRuns, parameters: values };
};

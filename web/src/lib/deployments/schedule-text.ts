import type { ScheduleTextFragment } from '@prefect-server/client-gen/web';
import cronstrue from 'cronstrue';

import { rruleText } from '#lib/deployments/rrule-text.ts';
import { formatDuration } from '#lib/time/format.ts';

/** Prefect's lines end with seconds where they have any; the library expects them at the start. */
const secondsFirst = (cron: string): string => {
  const fields = cron.trim().split(/\s+/);
  const [seconds, ...rest] = [fields.at(-1) ?? '', ...fields.slice(0, -1)];
  return fields.length === 6 ? [seconds, ...rest].join(' ') : cron;
};

/** A cron line in words, or as it is while it is none. */
export const cronText = (cron: string): string => {
  try {
    return cronstrue.toString(secondsFirst(cron), { use24HourTimeFormat: true });
  } catch {
    return cron;
  }
};

/** The cron line or the rule as it was written; null for schedules whose words say all. */
export const scheduleSource = (schedule: ScheduleTextFragment): string | null => {
  switch (schedule.__typename) {
    case 'CronSchedule':
      return schedule.cron;
    case 'RRuleSchedule':
      return schedule.rrule;
    case 'IntervalSchedule':
      return null;
  }
};

/** A schedule in a few words: "Every 15m", "At 06:00, Monday through Friday", "Every 2 weeks on Monday". */
export const scheduleText = (schedule: ScheduleTextFragment): string => {
  switch (schedule.__typename) {
    case 'CronSchedule':
      return cronText(schedule.cron);
    case 'IntervalSchedule':
      return `Every ${formatDuration(schedule.intervalSeconds).replace(' 00s', '').replace(' 00m', '')}`;
    case 'RRuleSchedule':
      return rruleText(schedule.rrule);
  }
};

export const scheduleKind = (schedule: ScheduleTextFragment): string => {
  switch (schedule.__typename) {
    case 'CronSchedule':
      return 'Cron';
    case 'IntervalSchedule':
      return 'Interval';
    case 'RRuleSchedule':
      return 'Recurrence rule';
  }
};

/** The zone the schedule counts in; UTC when it names none. */
export const scheduleTimezone = (schedule: ScheduleTextFragment): string => {
  switch (schedule.__typename) {
    case 'CronSchedule':
      return schedule.cronTimezone ?? 'UTC';
    case 'IntervalSchedule':
      return schedule.intervalTimezone ?? 'UTC';
    case 'RRuleSchedule':
      return schedule.rruleTimezone ?? 'UTC';
  }
};

import type { ScheduleTextFragment } from '@prefect-server/client-gen/web';

import { formatDuration } from '#lib/time/format.ts';

/** A schedule in a few words: "Every 15m 00s", the cron line, or the rule. */
export const scheduleText = (schedule: ScheduleTextFragment): string => {
  switch (schedule.__typename) {
    case 'CronSchedule':
      return schedule.cron;
    case 'IntervalSchedule':
      return `Every ${formatDuration(schedule.intervalSeconds).replace(' 00s', '').replace(' 00m', '')}`;
    case 'RRuleSchedule':
      return schedule.rrule.replace(/^RRULE:/, '');
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

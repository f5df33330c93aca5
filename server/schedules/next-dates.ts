import { cronDates } from './cron.ts';
import { intervalDates } from './interval.ts';
import { rruleDates } from './rrule.ts';
import type { DateWindow, Schedule } from './schedule.ts';
import type { ScheduledDate } from './zone.ts';

/**
 * The dates of a schedule in a window, oldest first and at most about 1000. Throws INVALID when the schedule cannot
 * give them: a cron expression that runs out of dates, a recurrence whose end and start do not go together.
 */
export const nextDates = (schedule: Schedule, window: DateWindow): readonly ScheduledDate[] => {
  if (schedule.kind === 'interval') return intervalDates(schedule, window);
  return schedule.kind === 'cron' ? cronDates(schedule, window) : rruleDates(schedule, window);
};

import { isServerError } from '#server/errors.ts';
import type { Micros } from '#server/time.ts';

import { nextDates } from './next-dates.ts';
import type { Schedule } from './schedule.ts';
import type { ScheduledDate } from './zone.ts';

/** The next dates of a schedule, fewer when it has no more: none of `0 0 30 2 *`, the 30th of February. */
export const datesToCome = (
  schedule: Schedule,
  { start, count }: { readonly start: Micros; readonly count: number },
): readonly ScheduledDate[] => {
  for (let wanted = count; wanted > 0; wanted -= 1) {
    try {
      return nextDates(schedule, { start, count: wanted });
    } catch (error) {
      if (!isServerError(error, 'INVALID')) throw error;
    }
  }
  return [];
};

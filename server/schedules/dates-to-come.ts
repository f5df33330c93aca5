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
  if (count === 0) return [];
  try {
    return nextDates(schedule, { start, count, mayFallShort: true });
  } catch (error) {
    // A recurrence whose end and start do not go together.
    if (isServerError(error, 'INVALID')) return [];
    throw error;
  }
};

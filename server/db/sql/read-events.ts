import type { EventRow } from '#prisma/tables.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Events past a number and up to one that is settled, in the order in which they were stored. */
export const readEventsAfter = statement<[after: number, upTo: number, limit: number], EventRow>(
  'SELECT * FROM event WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
);

/**
 * The number of the first event that occurred at or after the instant, of those up to a number. The pluses make both
 * databases look among the events of that time instead of walking through all that are older.
 */
export const readFirstEventNumber = statement<
  [since: Micros, upTo: number],
  { readonly seq: number | null }
>('SELECT min(+seq) AS seq FROM event WHERE occurred >= ? AND +seq <= ?');

/**
 * Stored events that occurred at or after the instant, in the order of their numbers, past one and up to another. The
 * plus keeps the databases from sorting all of that time for each page.
 */
export const readEventsSince = statement<
  [since: Micros, after: number, upTo: number, limit: number],
  EventRow
>('SELECT * FROM event WHERE +occurred >= ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?');

/** The number of the newest event up to one that is settled, or zero. */
export const readLastEventNumber = statement<[upTo: number], { readonly seq: number }>(
  'SELECT coalesce(max(seq), 0) AS seq FROM event WHERE seq <= ?',
);

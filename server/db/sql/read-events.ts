import type { EventRow } from '#prisma/tables.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

// See read-new-rows.ts: rows that could still be overtaken on PostgreSQL are left for the next look.
const SETTLED = 'AND txid < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)';

const after = (settled: string): string =>
  `SELECT * FROM event WHERE seq > ? ${settled} ORDER BY seq LIMIT ?`;

/** Events past a number, in the order in which they were stored. */
export const readEventsAfter = statement<[after: number, limit: number], EventRow>({
  sqlite: after(''),
  postgresql: after(SETTLED),
});

/** Stored events that occurred at or after the instant, in the order of their numbers, past one and up to another. */
export const readEventsSince = statement<
  [since: Micros, after: number, upTo: number, limit: number],
  EventRow
>('SELECT * FROM event WHERE occurred >= ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?');

/** The number of the newest event, or zero. */
export const readLastEventNumber = statement<[], { readonly seq: number }>(
  'SELECT coalesce(max(seq), 0) AS seq FROM event',
);

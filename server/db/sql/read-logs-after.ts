import type { LogRow } from '#prisma/tables.ts';

import { statement } from '../statement.ts';

/** Log lines past a number and up to one that is settled, in the order in which they were taken in. */
export const readLogsAfterNumber = statement<[after: number, upTo: number, limit: number], LogRow>(
  'SELECT * FROM log WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
);

/** The number of the newest line up to one that is settled, or zero. */
export const readLastLogNumber = statement<[upTo: number], { readonly seq: number }>(
  'SELECT coalesce(max(seq), 0) AS seq FROM log WHERE seq <= ?',
);

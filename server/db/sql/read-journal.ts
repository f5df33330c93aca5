import type { ChangeRow } from '#prisma/tables.ts';

import { statement } from '../statement.ts';

/** The changes of a topic past a number and up to one that is settled, in order. */
export const readTopicChanges = statement<
  [topic: string, after: number, upTo: number, limit: number],
  ChangeRow
>('SELECT * FROM change WHERE topic = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?');

/** The same of one entity of a topic, or of all that belong to one flow run. */
export const readKeyChanges = statement<
  [topic: string, after: number, upTo: number, entityId: string, flowRunId: string, limit: number],
  ChangeRow
>(
  `SELECT * FROM change WHERE topic = ? AND seq > ? AND seq <= ? AND (entity_id = ? OR flow_run_id = ?)
   ORDER BY seq LIMIT ?`,
);

export interface JournalEnds {
  readonly firstChange: number;
  readonly lastChange: number;
  readonly lastLog: number;
}

/** The numbers of the oldest change that is kept and of the newest change and log line up to those that are settled. */
export const readJournalEnds = statement<[change: number, log: number], JournalEnds>(
  `SELECT coalesce((SELECT min(seq) FROM change), 0) AS first_change,
    coalesce((SELECT max(seq) FROM change WHERE seq <= ?), 0) AS last_change,
    coalesce((SELECT max(seq) FROM log WHERE seq <= ?), 0) AS last_log`,
);

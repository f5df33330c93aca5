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
  readonly firstEvent: number;
  readonly lastEvent: number;
}

/**
 * The numbers of the oldest change and event that are kept and of the newest change, log line and event up to those
 * that are settled.
 */
export const readJournalEnds = statement<[change: number, log: number, event: number], JournalEnds>(
  `SELECT coalesce((SELECT min(seq) FROM change), 0) AS first_change,
    coalesce((SELECT max(seq) FROM change WHERE seq <= ?), 0) AS last_change,
    coalesce((SELECT max(seq) FROM log WHERE seq <= ?), 0) AS last_log,
    coalesce((SELECT min(seq) FROM event), 0) AS first_event,
    coalesce((SELECT max(seq) FROM event WHERE seq <= ?), 0) AS last_event`,
);

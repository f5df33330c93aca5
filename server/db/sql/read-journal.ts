import type { ChangeRow } from '#prisma/tables.ts';

import { statement } from '../statement.ts';

// On PostgreSQL a smaller number may be committed after a larger one; rows of transactions that could still be
// overtaken so are left for the next look.
const SETTLED = 'txid < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)';

const both = (sql: (settled: string) => string) => ({
  sqlite: sql('TRUE'),
  postgresql: sql(SETTLED),
});

/** The changes of a topic past a number, in order. */
export const readTopicChanges = statement<[topic: string, after: number, limit: number], ChangeRow>(
  both(
    (settled) =>
      `SELECT * FROM change WHERE topic = ? AND seq > ? AND ${settled} ORDER BY seq LIMIT ?`,
  ),
);

/** The changes past a number of one entity of a topic, or of all that belong to one flow run. */
export const readKeyChanges = statement<
  [topic: string, after: number, entityId: string, flowRunId: string, limit: number],
  ChangeRow
>(
  both(
    (
      settled,
    ) => `SELECT * FROM change WHERE topic = ? AND seq > ? AND (entity_id = ? OR flow_run_id = ?)
      AND ${settled} ORDER BY seq LIMIT ?`,
  ),
);

export interface JournalEnds {
  readonly firstChange: number;
  readonly lastChange: number;
  readonly lastLog: number;
}

/** The numbers of the oldest change that is kept and of the newest change and log line that are settled. */
export const readJournalEnds = statement<[], JournalEnds>({
  sqlite: `SELECT coalesce((SELECT min(seq) FROM change), 0) AS first_change,
    coalesce((SELECT max(seq) FROM change), 0) AS last_change,
    coalesce((SELECT max(seq) FROM log), 0) AS last_log`,
  postgresql: `SELECT coalesce((SELECT min(seq) FROM change), 0) AS first_change,
    coalesce((SELECT seq FROM change WHERE ${SETTLED} ORDER BY seq DESC LIMIT 1), 0) AS last_change,
    coalesce((SELECT seq FROM log WHERE ${SETTLED} ORDER BY seq DESC LIMIT 1), 0) AS last_log`,
});

import { statement } from '../statement.ts';

// On PostgreSQL a smaller number may be committed after a larger one; rows of transactions that could still be
// overtaken so are left for the next look.
const SETTLED = 'AND txid < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)';

export interface NewChange {
  readonly seq: number;
  readonly topic: string;
  readonly entityId: string;
  readonly flowRunId: string | null;
}

const changes = (settled: string): string =>
  `SELECT seq, topic, entity_id, flow_run_id FROM change WHERE seq > ? ${settled} ORDER BY seq LIMIT ?`;

/** The journal past a number, in order. */
export const readNewChanges = statement<[after: number, limit: number], NewChange>({
  sqlite: changes(''),
  postgresql: changes(SETTLED),
});

const logs = (settled: string): string =>
  `SELECT flow_run_id, max(seq) AS seq FROM (SELECT flow_run_id, seq FROM log WHERE seq > ? ${settled} ORDER BY seq LIMIT ?) AS fresh
   GROUP BY flow_run_id`;

/** The flow runs that got log lines past a number, each with the number of its last. */
export const readNewLogs = statement<
  [after: number, limit: number],
  { readonly flowRunId: string | null; readonly seq: number }
>({ sqlite: logs(''), postgresql: logs(SETTLED) });

const lastNumbers = (settled: string): string =>
  `SELECT coalesce((SELECT max(seq) FROM change), 0) AS change, coalesce((SELECT max(seq) FROM log), 0) AS log,
     coalesce((SELECT seq FROM event ${settled} ORDER BY seq DESC LIMIT 1), 0) AS event`;

/** The newest numbers of the journal, of the logs and of the events; an event counts once its readers see it. */
export const readLastNumbers = statement<
  [],
  { readonly change: number; readonly log: number; readonly event: number }
>({ sqlite: lastNumbers(''), postgresql: lastNumbers(SETTLED.replace('AND', 'WHERE')) });

import { statement } from '../statement.ts';

export interface NewChange {
  readonly seq: number;
  readonly topic: string;
  readonly entityId: string;
  readonly flowRunId: string | null;
}

/** The journal past a number and up to one that is settled, in order. */
export const readNewChanges = statement<[after: number, upTo: number, limit: number], NewChange>(
  `SELECT seq, topic, entity_id, flow_run_id FROM change WHERE seq > ? AND seq <= ?
   ORDER BY seq LIMIT ?`,
);

/** The flow runs that got log lines past a number and up to one that is settled, each with the number of its last. */
export const readNewLogs = statement<
  [after: number, upTo: number, limit: number],
  { readonly flowRunId: string | null; readonly seq: number }
>(
  `SELECT flow_run_id, max(seq) AS seq FROM
     (SELECT flow_run_id, seq FROM log WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?) AS fresh
   GROUP BY flow_run_id`,
);

/** The newest numbers of the journal, of the logs and of the events up to those that are settled. */
export const readLastNumbers = statement<
  [change: number, log: number, event: number],
  { readonly change: number; readonly log: number; readonly event: number }
>(
  `SELECT coalesce((SELECT max(seq) FROM change WHERE seq <= ?), 0) AS change,
     coalesce((SELECT max(seq) FROM log WHERE seq <= ?), 0) AS log,
     coalesce((SELECT max(seq) FROM event WHERE seq <= ?), 0) AS event`,
);

import type { Settled } from '../settled.ts';
import { statement } from '../statement.ts';

/** The numbers given out in each journal, with what tells when the transactions that they were given to have ended. */
export interface JournalLook extends Settled {
  /** Every transaction that was given one of the numbers is older than this one. */
  readonly next: number;
  /** The oldest transaction that was under way. */
  readonly oldest: number;
}

// The columns are computed in their order: a transaction that starts after the numbers were looked at gets larger ones.
// For PostgreSQL alone: on SQLite nothing is committed out of order.
export const lookAtJournals = statement<[], JournalLook>(
  `SELECT (SELECT last_value FROM change_seq_seq) AS change, (SELECT last_value FROM log_seq_seq) AS log,
     (SELECT last_value FROM event_seq_seq) AS event,
     CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) AS next,
     CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) AS oldest`,
);

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
const NUMBERS = `(SELECT last_value FROM change_seq_seq) AS change, (SELECT last_value FROM log_seq_seq) AS log,
     (SELECT last_value FROM event_seq_seq) AS event`;
const NEXT = 'CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)';

// Both are for PostgreSQL alone: on SQLite nothing is committed out of order.

/** A look at all transactions of the PostgreSQL, whatever database they are of: quick, and mostly enough. */
export const lookAtJournals = statement<[], JournalLook>(
  `SELECT ${NUMBERS}, ${NEXT} AS next,
     CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) AS oldest`,
);

/** A look at those transactions alone that have written to one of the journals, as their locks tell. */
export const lookAtWritersOfJournals = statement<[], JournalLook>(
  `SELECT ${NUMBERS}, ${NEXT} AS next,
     ${NEXT} - coalesce((SELECT max(age(own.transactionid)) FROM pg_locks AS own
       WHERE own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock' AND own.granted
         AND own.virtualtransaction IN (SELECT journal.virtualtransaction FROM pg_locks AS journal
           WHERE journal.locktype = 'relation' AND journal.mode = 'RowExclusiveLock' AND journal.granted
             AND journal.database = (SELECT oid FROM pg_database WHERE datname = current_database())
             AND journal.relation IN (CAST('change' AS regclass), CAST('log' AS regclass),
               CAST('event' AS regclass)))), 0) AS oldest`,
);

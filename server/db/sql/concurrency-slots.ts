import type { ConcurrencyLimitRow, ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** A limit with the slots of it that leases hold. */
export type HeldLimitRow = ConcurrencyLimitV2Row & { readonly leasedSlots: number };

/** The columns of a held limit named `bound`; the parameter is the instant after which its leases must end. */
export const HELD_LIMIT = `bound.*, (SELECT CAST(coalesce(sum(lease.slots), 0) AS INTEGER)
  FROM concurrency_lease_limit AS held JOIN concurrency_lease AS lease ON lease.id = held.lease_id
  WHERE held.limit_id = bound.id AND lease.expiration > ?) AS leased_slots`;

const OF_LIST = {
  sqlite: 'IN (SELECT value FROM json_each(?))',
  postgresql: 'IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))',
} as const;

const readBy = (column: 'id' | 'name') => {
  const text = `SELECT ${HELD_LIMIT} FROM concurrency_limit_v2 AS bound WHERE bound.${column}`;
  return statement<[after: Micros, keys: JsonText], HeldLimitRow>({
    sqlite: `${text} ${OF_LIST.sqlite} ORDER BY bound.id`,
    postgresql: `${text} ${OF_LIST.postgresql} ORDER BY bound.id`,
  });
};

// SQLite's single writer holds them already.
const lockBy = (column: 'id' | 'name') =>
  statement<[keys: JsonText]>({
    sqlite: 'SELECT 1 WHERE ? IS NULL',
    postgresql: `SELECT id FROM concurrency_limit_v2 WHERE ${column} ${OF_LIST.postgresql} ORDER BY id FOR UPDATE`,
  });

/** The limits of a JSON list of ids, with the slots of leases that end after an instant. */
export const readLimits = readBy('id');

/** The same by a JSON list of names. */
export const readLimitsByName = readBy('name');

/**
 * Keeps the limits of a JSON list of ids, always in the same order so that nobody waits in a circle. They are read by
 * a statement after it: one that waits for a lock goes on with what it saw of the leases before.
 */
export const lockLimits = lockBy('id');

/** The same by a JSON list of names. */
export const lockLimitsByName = lockBy('name');

/** Notes the slots of a limit that nobody leases; the time of it is where their decay counts from. */
export const setLimitSlots = statement<
  [activeSlots: number, deniedSlots: number, updated: Micros, id: string]
>('UPDATE concurrency_limit_v2 SET active_slots = ?, denied_slots = ?, updated = ? WHERE id = ?');

/** Keeps the limits of the first kind, which list their holders, for a JSON list of tags. */
export const lockTagLimits = statement<[tags: JsonText], ConcurrencyLimitRow>({
  sqlite: `SELECT * FROM concurrency_limit WHERE tag ${OF_LIST.sqlite} ORDER BY id`,
  postgresql: `SELECT * FROM concurrency_limit WHERE tag ${OF_LIST.postgresql} ORDER BY id FOR UPDATE`,
});

export const setTagLimitSlots = statement<[activeSlots: JsonText, updated: Micros, id: string]>(
  'UPDATE concurrency_limit SET active_slots = ?, updated = ? WHERE id = ?',
);

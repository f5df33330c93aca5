import type { ConcurrencyLeaseRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';
import { insertOf } from './row-writes.ts';

export const insertLease = insertOf<ConcurrencyLeaseRow>('concurrency_lease', [
  'id',
  'created',
  'expiration',
  'limitIds',
  'slots',
  'holderType',
  'holderId',
  'flowId',
]);

/** Lets a lease hold slots of a limit for as long as it lives. */
export const insertHeldLimit = statement<[limitId: string, leaseId: string]>(
  'INSERT INTO concurrency_lease_limit (limit_id, lease_id) VALUES (?, ?)',
);

/** The limits of which a lease holds slots. */
export const readHeldLimits = statement<[leaseId: string], { readonly limitId: string }>(
  'SELECT limit_id FROM concurrency_lease_limit WHERE lease_id = ?',
);

export const readLease = statement<[id: string], ConcurrencyLeaseRow>(
  'SELECT * FROM concurrency_lease WHERE id = ?',
);

/** Keeps a lease, so that it is given back only once. */
export const lockLease = statement<[id: string], ConcurrencyLeaseRow>(
  'SELECT * FROM concurrency_lease WHERE id = ? FOR UPDATE',
);

/** Puts off the end of a lease; no row when the lease is gone. */
export const renewLease = statement<[expiration: Micros, id: string], { readonly id: string }>(
  'UPDATE concurrency_lease SET expiration = ? WHERE id = ? RETURNING id',
);

/** Removes a lease with what it holds. */
export const deleteLease = statement<[id: string]>('DELETE FROM concurrency_lease WHERE id = ?');

export const readLeasesOfHolder = statement<
  [holderType: string, holderId: string],
  ConcurrencyLeaseRow
>('SELECT * FROM concurrency_lease WHERE holder_type = ? AND holder_id = ? ORDER BY id');

/** Keeps the leases whose time is over, oldest first, without those that are being renewed or given back right now. */
export const lockExpiredLeases = statement<[now: Micros, limit: number], { readonly id: string }>(
  'SELECT id FROM concurrency_lease WHERE expiration <= ? ORDER BY expiration LIMIT ? FOR UPDATE SKIP LOCKED',
);

const expiredOf = (list: string): string =>
  `SELECT id FROM concurrency_lease WHERE expiration <= ? AND id IN
    (SELECT lease_id FROM concurrency_lease_limit WHERE limit_id IN (${list}))
  ORDER BY id FOR UPDATE SKIP LOCKED`;

/** The same for those that hold slots of the limits of a JSON list of ids. */
export const lockExpiredLeasesOf = statement<
  [now: Micros, limitIds: JsonText],
  { readonly id: string }
>({
  sqlite: expiredOf('SELECT value FROM json_each(?)'),
  postgresql: expiredOf('SELECT jsonb_array_elements_text(CAST(? AS JSONB))'),
});

const endOf = (list: string): string =>
  `SELECT min(lease.expiration) AS expiration FROM concurrency_lease_limit AS held
    JOIN concurrency_lease AS lease ON lease.id = held.lease_id WHERE held.limit_id IN (${list})`;

/** When the first of the leases on limits of a JSON list of ids ends. */
export const readFirstExpiration = statement<
  [limitIds: JsonText],
  { readonly expiration: Micros | null }
>({
  sqlite: endOf('SELECT value FROM json_each(?)'),
  postgresql: endOf('SELECT jsonb_array_elements_text(CAST(? AS JSONB))'),
});

/** The leases that hold slots of a limit, oldest first. */
export const readLeasesOfLimit = statement<[limitId: string], ConcurrencyLeaseRow>(
  `SELECT lease.* FROM concurrency_lease_limit AS held JOIN concurrency_lease AS lease ON lease.id = held.lease_id
  WHERE held.limit_id = ? ORDER BY lease.id`,
);

const holdersOf = (list: string): string =>
  `SELECT held.limit_id, lease.holder_id FROM concurrency_lease_limit AS held
    JOIN concurrency_lease AS lease ON lease.id = held.lease_id
  WHERE held.limit_id IN (${list}) AND lease.holder_type = ? AND lease.holder_id IS NOT NULL
  ORDER BY lease.id`;

/** The holders of one kind that hold slots of limits, which are given as a JSON list of ids; the longest first. */
export const readHoldersOfLimits = statement<
  [limitIds: JsonText, holderType: string],
  { readonly limitId: string; readonly holderId: string }
>({
  sqlite: holdersOf('SELECT value FROM json_each(?)'),
  postgresql: holdersOf('SELECT jsonb_array_elements_text(CAST(? AS JSONB))'),
});

import type { ConcurrencyLeaseRow } from '#prisma/tables.ts';
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
]);

/** Keeps a lease, so that it is given back only once. */
export const lockLease = statement<[id: string], ConcurrencyLeaseRow>(
  'SELECT * FROM concurrency_lease WHERE id = ? FOR UPDATE',
);

/** Puts off the end of a lease; no row when the lease is gone. */
export const renewLease = statement<[expiration: Micros, id: string], { readonly id: string }>(
  'UPDATE concurrency_lease SET expiration = ? WHERE id = ? RETURNING id',
);

export const deleteLease = statement<[id: string]>('DELETE FROM concurrency_lease WHERE id = ?');

export const readLeasesOfHolder = statement<
  [holderType: string, holderId: string],
  ConcurrencyLeaseRow
>('SELECT * FROM concurrency_lease WHERE holder_type = ? AND holder_id = ? ORDER BY id');

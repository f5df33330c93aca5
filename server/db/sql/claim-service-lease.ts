import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/**
 * Takes or keeps the lease of a name until the given time; no row comes back while another holder's lease runs. One that
 * ends after an instant which none can be meant for was taken by a clock that was wrong.
 */
export const claimServiceLease = statement<
  [name: string, holder: string, expires: Micros, now: Micros, absurd: Micros],
  { readonly holder: string }
>(
  `INSERT INTO service_lease (name, holder, expires, cursor) VALUES (?, ?, ?, 0)
   ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires
   WHERE service_lease.holder = excluded.holder OR service_lease.expires < ? OR service_lease.expires > ?
   RETURNING holder`,
);

/** Gives the lease up, so that another process need not wait for its end. */
export const releaseServiceLease = statement<[name: string, holder: string]>(
  'DELETE FROM service_lease WHERE name = ? AND holder = ?',
);

/** Gives a row while the holder has the lease of the name, whether or not it has run out. */
export const holdsServiceLease = statement<
  [name: string, holder: string],
  { readonly holder: string }
>('SELECT holder FROM service_lease WHERE name = ? AND holder = ?');

import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Flow runs that are being cancelled since before a moment, the longest waiting first. */
export const readOverdueCancellations = statement<
  [before: Micros, limit: number],
  { readonly id: string; readonly stateId: string | null }
>(
  `SELECT id, state_id FROM flow_run WHERE state_type = 'CANCELLING' AND state_timestamp <= ?
   ORDER BY state_timestamp LIMIT ?`,
);

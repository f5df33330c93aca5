import type { ConcurrencyLeaseRow, ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

export const readLimit = statement<[id: string], ConcurrencyLimitV2Row>(
  'SELECT * FROM concurrency_limit_v2 WHERE id = ?',
);

export const readLimitByName = statement<[name: string], ConcurrencyLimitV2Row>(
  'SELECT * FROM concurrency_limit_v2 WHERE name = ?',
);

export const lockLimit = statement<[id: string], ConcurrencyLimitV2Row>(
  'SELECT * FROM concurrency_limit_v2 WHERE id = ? FOR UPDATE',
);

export const lockLimitByName = statement<[name: string], ConcurrencyLimitV2Row>(
  'SELECT * FROM concurrency_limit_v2 WHERE name = ? FOR UPDATE',
);

export const listLimits = statement<[limit: number, offset: number], ConcurrencyLimitV2Row>(
  'SELECT * FROM concurrency_limit_v2 ORDER BY name LIMIT ? OFFSET ?',
);

export const insertLimit = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    active: boolean,
    name: string,
    limit: number,
    activeSlots: number,
    deniedSlots: number,
    slotDecayPerSecond: number,
    avgSlotOccupancySeconds: number,
  ],
  ConcurrencyLimitV2Row
>(
  `INSERT INTO concurrency_limit_v2 (id, created, updated, active, name, "limit", active_slots, denied_slots,
     slot_decay_per_second, avg_slot_occupancy_seconds)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
);

export const updateLimitRow = statement<
  [
    updated: Micros,
    active: boolean,
    name: string,
    limit: number,
    activeSlots: number,
    deniedSlots: number,
    slotDecayPerSecond: number,
    id: string,
  ]
>(
  `UPDATE concurrency_limit_v2 SET updated = ?, active = ?, name = ?, "limit" = ?, active_slots = ?,
     denied_slots = ?, slot_decay_per_second = ? WHERE id = ?`,
);

export const setLimitOccupancy = statement<[avgSlotOccupancySeconds: number, id: string]>(
  'UPDATE concurrency_limit_v2 SET avg_slot_occupancy_seconds = ? WHERE id = ?',
);

export const deleteLimitRow = statement<[id: string]>(
  'DELETE FROM concurrency_limit_v2 WHERE id = ?',
);

/** Keeps the leases whose time is over, oldest first, without those that are being renewed or given back right now. */
export const lockExpiredLeases = statement<[now: Micros, limit: number], { readonly id: string }>(
  'SELECT id FROM concurrency_lease WHERE expiration < ? ORDER BY expiration LIMIT ? FOR UPDATE SKIP LOCKED',
);

/** The limits on task runs with a tag, by their names. */
export const listTagLimits = statement<[limit: number, offset: number], ConcurrencyLimitV2Row>(
  `SELECT * FROM concurrency_limit_v2 WHERE name LIKE 'tag:%' ORDER BY name LIMIT ? OFFSET ?`,
);

/** The holders of one kind that hold slots of limits, which are given as a JSON list of ids; the longest first. */
export const readHoldersOfLimits = statement<
  [limitIds: JsonText, holderType: string],
  { readonly limitId: string; readonly holderId: string }
>({
  sqlite: `SELECT held.value AS limit_id, lease.holder_id AS holder_id
    FROM concurrency_lease AS lease, json_each(lease.limit_ids) AS held
    WHERE held.value IN (SELECT value FROM json_each(?)) AND lease.holder_type = ? AND lease.holder_id IS NOT NULL
    ORDER BY lease.id`,
  postgresql: `SELECT held.limit_id, lease.holder_id
    FROM concurrency_lease AS lease, jsonb_array_elements_text(lease.limit_ids) AS held(limit_id)
    WHERE held.limit_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) AND lease.holder_type = ?
      AND lease.holder_id IS NOT NULL
    ORDER BY lease.id`,
});

/** The leases that hold slots of a limit, given as a JSON list of its id, oldest first. */
export const readLeasesOfLimit = statement<[limitId: JsonText], ConcurrencyLeaseRow>({
  sqlite: `SELECT * FROM concurrency_lease WHERE EXISTS
    (SELECT 1 FROM json_each(limit_ids) AS held WHERE held.value = json_extract(?, '$[0]')) ORDER BY id`,
  postgresql: 'SELECT * FROM concurrency_lease WHERE limit_ids @> CAST(? AS JSONB) ORDER BY id',
});

import type { ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';
import { HELD_LIMIT, type HeldLimitRow } from './concurrency-slots.ts';

const SELECT_HELD = `SELECT ${HELD_LIMIT} FROM concurrency_limit_v2 AS bound`;

/** A limit with the slots of leases that end after an instant. */
export const readLimit = statement<[after: Micros, id: string], HeldLimitRow>(
  `${SELECT_HELD} WHERE bound.id = ?`,
);

/** The same by the limit's name. */
export const readLimitByName = statement<[after: Micros, name: string], HeldLimitRow>(
  `${SELECT_HELD} WHERE bound.name = ?`,
);

/** Limits by their names, with the slots of leases that end after an instant. */
export const listLimits = statement<[after: Micros, limit: number, offset: number], HeldLimitRow>(
  `${SELECT_HELD} ORDER BY bound.name LIMIT ? OFFSET ?`,
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

/** The limits on task runs with a tag, by their names. */
export const listTagLimits = statement<[limit: number, offset: number], ConcurrencyLimitV2Row>(
  `SELECT * FROM concurrency_limit_v2 WHERE name LIKE 'tag:%' ORDER BY name LIMIT ? OFFSET ?`,
);

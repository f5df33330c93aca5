import type { ConcurrencyLimitRow, ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Keeps the limits of a JSON list of ids, always in the same order so that nobody waits in a circle. */
export const lockLimits = statement<[ids: JsonText], ConcurrencyLimitV2Row>({
  sqlite:
    'SELECT * FROM concurrency_limit_v2 WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
  postgresql: `SELECT * FROM concurrency_limit_v2
    WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR UPDATE`,
});

/** The same by a JSON list of names. */
export const lockLimitsByName = statement<[names: JsonText], ConcurrencyLimitV2Row>({
  sqlite:
    'SELECT * FROM concurrency_limit_v2 WHERE name IN (SELECT value FROM json_each(?)) ORDER BY id',
  postgresql: `SELECT * FROM concurrency_limit_v2
    WHERE name IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR UPDATE`,
});

/** Notes the slots of a limit; the time of it is where their decay counts from. */
export const setLimitSlots = statement<
  [activeSlots: number, deniedSlots: number, updated: Micros, id: string]
>('UPDATE concurrency_limit_v2 SET active_slots = ?, denied_slots = ?, updated = ? WHERE id = ?');

/** Keeps the limits of the first kind, which list their holders, for a JSON list of tags. */
export const lockTagLimits = statement<[tags: JsonText], ConcurrencyLimitRow>({
  sqlite:
    'SELECT * FROM concurrency_limit WHERE tag IN (SELECT value FROM json_each(?)) ORDER BY id',
  postgresql: `SELECT * FROM concurrency_limit
    WHERE tag IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR UPDATE`,
});

export const setTagLimitSlots = statement<[activeSlots: JsonText, updated: Micros, id: string]>(
  'UPDATE concurrency_limit SET active_slots = ?, updated = ? WHERE id = ?',
);

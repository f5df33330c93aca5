import type { Micros } from '#server/time.ts';

import { batchInsert } from '../batch.ts';
import { type SqlValue, statement } from '../statement.ts';

/** Writes events; one whose id is known is left out. */
export const insertEvents = batchInsert(
  'event',
  {
    id: 'TEXT',
    occurred: 'BIGINT',
    received: 'BIGINT',
    event: 'TEXT',
    resource_id: 'TEXT',
    resource: 'JSONB',
    related: 'JSONB',
    payload: 'JSONB',
    follows: 'TEXT',
  },
  'ON CONFLICT (id) DO NOTHING',
);

/** Makes events findable by the resources they are about; the numbers are those of the events' rows. */
export const insertEventResources = batchInsert(
  'event_resource',
  { resource_id: 'TEXT', occurred: 'BIGINT', seq: 'BIGINT', role: 'TEXT' },
  'ON CONFLICT DO NOTHING',
);

/** The numbers of those of the given events (ids as a JSON list) that are stored, and when each was received. */
export const readEventNumbers = statement<
  [ids: SqlValue],
  { readonly id: string; readonly seq: number; readonly received: Micros }
>({
  sqlite: 'SELECT id, seq, received FROM event WHERE id IN (SELECT value FROM json_each(?))',
  postgresql:
    'SELECT id, seq, received FROM event WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))',
});

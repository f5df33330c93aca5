import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Writes an event once: a repeat of its id is left out and gives no row. */
export const insertEvent = statement<
  [
    id: string,
    occurred: Micros,
    received: Micros,
    event: string,
    resourceId: string,
    resource: JsonText,
    related: JsonText,
    payload: JsonText,
    follows: string | null,
  ],
  { readonly seq: number }
>(
  `INSERT INTO event (id, occurred, received, event, resource_id, resource, related, payload, follows)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING seq`,
);

/** Makes an event findable by one resource it is about; it takes the number from the event's row, written before. */
export const insertEventResource = statement<
  [resourceId: string, occurred: Micros, role: string, eventId: string]
>(
  `INSERT INTO event_resource (resource_id, occurred, seq, role)
   SELECT CAST(? AS TEXT), CAST(? AS BIGINT), seq, CAST(? AS TEXT) FROM event WHERE id = ?
   ON CONFLICT DO NOTHING`,
);

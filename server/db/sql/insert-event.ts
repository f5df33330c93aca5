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

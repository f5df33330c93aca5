import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

type DeleteOldest = [before: Micros, limit: number];

/** Removes the oldest entries of the journal that were written before the instant, at most so many. */
export const deleteOldChanges = statement<DeleteOldest, { readonly seq: number }>(
  'DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE at < ? ORDER BY at LIMIT ?) RETURNING seq',
);

/** Removes the oldest events that occurred before the instant, at most so many. */
export const deleteOldEvents = statement<DeleteOldest, { readonly seq: number }>(
  `DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE occurred < ? ORDER BY occurred, seq LIMIT ?)
   RETURNING seq`,
);

/** Removes what made events findable, given the numbers of the events as a JSON list. */
export const deleteEventResources = statement<[seqs: string]>({
  sqlite: 'DELETE FROM event_resource WHERE seq IN (SELECT value FROM json_each(?))',
  postgresql:
    'DELETE FROM event_resource WHERE seq IN (SELECT CAST(jsonb_array_elements_text(CAST(? AS JSONB)) AS BIGINT))',
});

import type { SavedSearchRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

export const readSavedSearchRow = statement<[id: string], SavedSearchRow>(
  'SELECT * FROM saved_search WHERE id = ?',
);

/** Of a search whose name is known only the filters become the new ones. */
export const upsertSavedSearchRow = statement<
  [id: string, created: Micros, updated: Micros, name: string, filters: JsonText],
  SavedSearchRow
>(
  `INSERT INTO saved_search (id, created, updated, name, filters) VALUES (?, ?, ?, ?, ?)
   ON CONFLICT (name) DO UPDATE SET filters = excluded.filters RETURNING *`,
);

export const deleteSavedSearchRow = statement<[id: string], SavedSearchRow>(
  'DELETE FROM saved_search WHERE id = ? RETURNING *',
);

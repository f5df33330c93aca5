import type { SavedSearchRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import {
  deleteSavedSearchRow,
  upsertSavedSearchRow,
} from '#server/db/sql/saved-search-statements.ts';
import { ServerError, notFound } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { type JsonValue, json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

/** One condition of a search, in the words of whoever shows it: the server gives it no meaning. */
interface SavedSearchFilter {
  readonly object: string;
  readonly property: string;
  readonly type: string;
  readonly operation: string;
  readonly value: JsonValue;
}

export interface NewSavedSearch {
  readonly name: string;
  readonly filters: readonly SavedSearchFilter[];
}

export interface SavedSearchUpsert {
  readonly savedSearch: SavedSearchRow;
  readonly isCreated: boolean;
}

/** Keeps a search; one of that name gets the filters in the place of its own. */
export const upsertSavedSearch = (
  ctx: Context,
  { name, filters }: NewSavedSearch,
): Promise<SavedSearchUpsert> =>
  ctx.db.write(function* () {
    const id = newId();
    const now = nowMicros();
    const savedSearch = yield* one(upsertSavedSearchRow(id, now, now, name, json(filters)));
    if (savedSearch !== null) return { savedSearch, isCreated: savedSearch.id === id };
    throw new ServerError('UNAVAILABLE', 'The search is just being changed by somebody else.');
  });

/** Forgets a search. NOT_FOUND when there is none. */
export const deleteSavedSearch = (ctx: Context, id: string): Promise<SavedSearchRow> =>
  ctx.db.write(function* () {
    const deleted = yield* one(deleteSavedSearchRow(id));
    if (deleted === null) throw notFound('Saved search', id);
    return deleted;
  });

import type { SavedSearchRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readSavedSearchRow } from '#server/db/sql/saved-search-statements.ts';

import type { Page } from '../page.ts';
import { readRows } from '../select.ts';

/** The saved search with the id, or null. */
export const readSavedSearch = (ctx: Context, id: string): Promise<SavedSearchRow | null> =>
  ctx.db.read(() => one(readSavedSearchRow(id)));

/** The saved searches by name. */
export const listSavedSearches = (
  ctx: Context,
  { limit, offset }: Page,
): Promise<readonly SavedSearchRow[]> =>
  readRows(
    ctx,
    ctx.db.builder
      .selectFrom('savedSearch')
      .selectAll()
      .orderBy('name')
      .limit(limit)
      .offset(offset),
  );

import { sql } from 'kysely';

import type { SavedSearch } from '#prisma/client/sqlite/client.ts';
import { every } from '#server/queries/criteria.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

export const SAVED_SEARCHES: ListSource<object, SavedSearch> = {
  typeName: 'SavedSearch',
  table: 'savedSearch',
  where: () => every([]),
  columns: { NAME: { by: sql.ref('savedSearch.name'), isNullable: false } },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id: sql.ref('savedSearch.id'),
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.savedSearch.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

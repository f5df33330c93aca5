import { sql } from 'kysely';

import type { BlockDocument } from '#prisma/client/sqlite/client.ts';
import {
  type BlockDocumentFilter,
  whereBlockDocument,
} from '#server/queries/block-type/block-filters.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

export const BLOCK_DOCUMENTS: ListSource<BlockDocumentFilter, BlockDocument> = {
  typeName: 'BlockDocument',
  table: 'blockDocument',
  where: whereBlockDocument,
  columns: {
    NAME: { by: sql.ref('blockDocument.name'), isNullable: false },
    BLOCK_TYPE: { by: sql.ref('blockDocument.blockTypeName'), isNullable: true },
  },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id: sql.ref('blockDocument.id'),
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.blockDocument.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

import { sql } from 'kysely';

import type { BlockType } from '#prisma/client/sqlite/client.ts';
import { type BlockTypeFilter, whereBlockType } from '#server/queries/block-type/block-filters.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

export const BLOCK_TYPES: ListSource<BlockTypeFilter, BlockType> = {
  typeName: 'BlockType',
  table: 'blockType',
  where: whereBlockType,
  columns: { NAME: { by: sql.ref('blockType.name'), isNullable: false } },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id: sql.ref('blockType.id'),
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.blockType.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

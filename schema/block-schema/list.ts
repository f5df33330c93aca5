import { sql } from 'kysely';

import type { BlockSchema } from '#prisma/client/sqlite/client.ts';
import {
  type BlockSchemaFilter,
  whereBlockSchema,
} from '#server/queries/block-type/block-filters.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

export const BLOCK_SCHEMAS: ListSource<BlockSchemaFilter, BlockSchema> = {
  typeName: 'BlockSchema',
  table: 'blockSchema',
  where: whereBlockSchema,
  columns: { CREATED_AT: { by: sql.ref('blockSchema.created'), isNullable: false } },
  defaultOrder: [{ field: 'CREATED_AT', direction: 'DESC' }],
  id: sql.ref('blockSchema.id'),
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.blockSchema.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

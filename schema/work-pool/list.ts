import { sql } from 'kysely';

import type { WorkPool } from '#prisma/client/sqlite/client.ts';
import type { WorkPoolFilter } from '#server/queries/filter-types.ts';
import { whereWorkPool } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('workPool.id');

export const WORK_POOLS: ListSource<WorkPoolFilter, WorkPool> = {
  typeName: 'WorkPool',
  table: 'workPool',
  where: whereWorkPool,
  columns: {
    NAME: { by: sql.ref('workPool.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.workPool.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

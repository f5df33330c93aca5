import { sql } from 'kysely';

import type { Variable } from '#prisma/client/sqlite/client.ts';
import type { VariableFilter } from '#server/queries/filter-types.ts';
import { whereVariable } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('variable.id');

export const VARIABLES: ListSource<VariableFilter, Variable> = {
  typeName: 'Variable',
  table: 'variable',
  where: whereVariable,
  columns: {
    CREATED_AT: { by: sql.ref('variable.created'), isNullable: false },
    UPDATED_AT: { by: sql.ref('variable.updated'), isNullable: false },
    NAME: { by: sql.ref('variable.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.variable.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

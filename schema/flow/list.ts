import { sql } from 'kysely';

import type { Flow } from '#prisma/client/sqlite/client.ts';
import type { FlowFilter } from '#server/queries/filter-types.ts';
import { whereFlow } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('flow.id');

export const FLOWS: ListSource<FlowFilter, Flow> = {
  typeName: 'Flow',
  table: 'flow',
  where: whereFlow,
  columns: {
    CREATED_AT: { by: sql.ref('flow.created'), isNullable: false },
    UPDATED_AT: { by: sql.ref('flow.updated'), isNullable: false },
    NAME: { by: sql.ref('flow.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.flow.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

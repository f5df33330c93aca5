import { sql } from 'kysely';

import type { ConcurrencyLimitV2 } from '#prisma/client/sqlite/client.ts';
import {
  type ConcurrencyLimitFilter,
  whereConcurrencyLimit,
} from '#server/queries/where-concurrency.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

export const CONCURRENCY_LIMITS: ListSource<ConcurrencyLimitFilter, ConcurrencyLimitV2> = {
  typeName: 'ConcurrencyLimit',
  table: 'concurrencyLimitV2',
  where: whereConcurrencyLimit,
  columns: {
    NAME: { by: sql.ref('concurrencyLimitV2.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id: sql.ref('concurrencyLimitV2.id'),
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.concurrencyLimitV2.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

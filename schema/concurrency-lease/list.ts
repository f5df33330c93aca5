import { sql } from 'kysely';

import type { ConcurrencyLease } from '#prisma/client/sqlite/client.ts';
import {
  type ConcurrencyLeaseFilter,
  whereConcurrencyLease,
} from '#server/queries/where-concurrency.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('concurrencyLease.id');

export const CONCURRENCY_LEASES: ListSource<ConcurrencyLeaseFilter, ConcurrencyLease> = {
  typeName: 'ConcurrencyLease',
  table: 'concurrencyLease',
  where: whereConcurrencyLease,
  columns: { ID: { by: id, isNullable: false } },
  defaultOrder: [{ field: 'ID', direction: 'ASC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.concurrencyLease.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

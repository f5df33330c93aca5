import { sql } from 'kysely';

import type { WorkQueue } from '#prisma/client/sqlite/client.ts';
import type { WorkQueueFilter } from '#server/queries/filter-types.ts';
import { whereWorkQueue } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('workQueue.id');

export const WORK_QUEUES: ListSource<WorkQueueFilter, WorkQueue> = {
  typeName: 'WorkQueue',
  table: 'workQueue',
  where: whereWorkQueue,
  columns: {
    PRIORITY: { by: sql.ref('workQueue.priority'), isNullable: false },
    NAME: { by: sql.ref('workQueue.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'PRIORITY', direction: 'ASC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.workQueue.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

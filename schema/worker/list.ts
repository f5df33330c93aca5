import { sql } from 'kysely';

import type { Worker } from '#prisma/client/sqlite/client.ts';
import type { WorkerFilter } from '#server/queries/filter-types.ts';
import { whereWorker } from '#server/queries/where-worker.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('worker.id');

export const WORKERS: ListSource<WorkerFilter, Worker> = {
  typeName: 'Worker',
  table: 'worker',
  where: whereWorker,
  columns: {
    LAST_HEARTBEAT_TIME: { by: sql.ref('worker.lastHeartbeatTime'), isNullable: false },
  },
  defaultOrder: [{ field: 'LAST_HEARTBEAT_TIME', direction: 'DESC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.worker.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

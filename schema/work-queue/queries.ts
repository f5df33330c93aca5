import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { WorkQueueFilter } from '../shared/entity-filters.ts';
import { FILTER, pageArguments } from '../shared/list-arguments.ts';
import { WorkQueueBy } from '../shared/lookups.ts';
import { workQueueWhere } from '../shared/where-unique.ts';
import { WORK_QUEUES } from './list.ts';
import { WorkQueueConnection } from './object.ts';

builder.queryField('workQueue', (t) =>
  t.prismaField({
    type: 'WorkQueue',
    nullable: true,
    description: 'One work queue, or null.',
    args: { by: t.arg({ type: WorkQueueBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by }, ctx) =>
      ctx.server.db.prisma.workQueue.findFirst({ ...query, where: workQueueWhere(by) }),
  }),
);

builder.queryField('workQueues', (t) =>
  t.field({
    type: WorkQueueConnection,
    description: 'Work queues of all pools, by priority.',
    args: { filter: t.arg({ type: WorkQueueFilter, description: FILTER }), ...pageArguments() },
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: WORK_QUEUES, args }),
  }),
);

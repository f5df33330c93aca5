import { builder } from '../builder.ts';
import { WorkQueueBy } from '../shared/lookups.ts';
import { workQueueWhere } from '../shared/where-unique.ts';
import { comparing } from '../streams/changed-fields.ts';
import { defineChange } from '../streams/define-change.ts';
import { followEntities } from '../streams/entity-changes.ts';
import { requireFound } from '../streams/require-found.ts';

const WorkQueueChange = defineChange('WorkQueueChange', 'a work queue', (t) => ({
  workQueue: t.prismaField({
    type: 'WorkQueue',
    nullable: true,
    description: 'The work queue as it is now; null when it is gone.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.workQueue.findUnique({ ...query, where: { id } }),
  }),
}));

builder.subscriptionField('workQueue', (t) =>
  t.field({
    type: WorkQueueChange,
    description: 'One work queue: as it is now, then whenever it changes.',
    args: { by: t.arg({ type: WorkQueueBy, required: true, description: 'Which one.' }) },
    subscribe: async (_root, { by }, { server }, info) => {
      const where = workQueueWhere(by);
      const { id } = requireFound(
        'work queue',
        await server.db.prisma.workQueue.findFirst({ where, select: { id: true } }),
      );
      const present = async () => [id];
      const compare = comparing(server, info, { table: 'workQueue', typeName: 'WorkQueue' });
      return followEntities(server, { topic: 'work-queue', key: id, present, compare });
    },
    resolve: (change) => change,
  }),
);

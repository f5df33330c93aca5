import { builder } from '../builder.ts';
import { comparing } from '../streams/changed-fields.ts';
import { defineChange } from '../streams/define-change.ts';
import { followMembers } from '../streams/member-changes.ts';
import { requireFound } from '../streams/require-found.ts';

const WorkerChange = defineChange('WorkerChange', 'a worker', (t) => ({
  worker: t.prismaField({
    type: 'Worker',
    nullable: true,
    description: 'The worker as it is now; null when it is gone.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.worker.findUnique({ ...query, where: { id } }),
  }),
}));

builder.subscriptionField('workers', (t) =>
  t.field({
    type: WorkerChange,
    description: 'The workers of a work pool: those that are there, then whenever one changes.',
    args: {
      workPoolName: t.arg.string({ required: true, description: 'The name of the work pool.' }),
    },
    subscribe: async (_root, { workPoolName: name }, { server }, info) => {
      const { worker, workPool } = server.db.prisma;
      requireFound(
        'work pool',
        await workPool.findUnique({ where: { name }, select: { id: true } }),
      );
      const members = async (): Promise<readonly string[]> => {
        const found = await worker.findMany({
          where: { workPool: { name } },
          select: { id: true },
          orderBy: { name: 'asc' },
        });
        return found.map(({ id }) => id);
      };
      const compare = comparing(server, info, { table: 'worker', typeName: 'Worker' });
      return followMembers(server, { topic: 'worker', members, compare });
    },
    resolve: (change) => change,
  }),
);

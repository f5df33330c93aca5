import { builder } from '../builder.ts';
import { WorkPoolBy } from '../shared/lookups.ts';
import { idOrName } from '../shared/where-unique.ts';
import { comparing } from '../streams/changed-fields.ts';
import { defineChange } from '../streams/define-change.ts';
import { followEntities } from '../streams/entity-changes.ts';
import { requireFound } from '../streams/require-found.ts';

const WorkPoolChange = defineChange('WorkPoolChange', 'a work pool', (t) => ({
  workPool: t.prismaField({
    type: 'WorkPool',
    nullable: true,
    description: 'The work pool as it is now; null when it is gone.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.workPool.findUnique({ ...query, where: { id } }),
  }),
}));

builder.subscriptionField('workPool', (t) =>
  t.field({
    type: WorkPoolChange,
    description: 'One work pool: as it is now, then whenever it changes.',
    args: { by: t.arg({ type: WorkPoolBy, required: true, description: 'Which one.' }) },
    subscribe: async (_root, { by }, { server }, info) => {
      const where = idOrName(by);
      const { id } = requireFound(
        'work pool',
        await server.db.prisma.workPool.findUnique({ where, select: { id: true } }),
      );
      const present = async () => [id];
      const compare = comparing(server, info, { table: 'workPool', typeName: 'WorkPool' });
      return followEntities(server, { topic: 'work-pool', key: id, present, compare });
    },
    resolve: (change) => change,
  }),
);

import { builder } from '../builder.ts';
import { DeploymentBy } from '../shared/lookups.ts';
import { deploymentWhere } from '../shared/where-unique.ts';
import { comparing } from '../streams/changed-fields.ts';
import { defineChange } from '../streams/define-change.ts';
import { followEntities } from '../streams/entity-changes.ts';
import { requireFound } from '../streams/require-found.ts';

const DeploymentChange = defineChange('DeploymentChange', 'a deployment', (t) => ({
  deployment: t.prismaField({
    type: 'Deployment',
    nullable: true,
    description: 'The deployment as it is now; null when it is gone.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.deployment.findUnique({ ...query, where: { id } }),
  }),
}));

builder.subscriptionField('deployment', (t) =>
  t.field({
    type: DeploymentChange,
    description: 'One deployment: as it is now, then whenever it changes.',
    args: { by: t.arg({ type: DeploymentBy, required: true, description: 'Which one.' }) },
    subscribe: async (_root, { by }, { server }, info) => {
      const where = deploymentWhere(by);
      const { id } = requireFound(
        'deployment',
        await server.db.prisma.deployment.findFirst({ where, select: { id: true } }),
      );
      const present = async () => [id];
      const compare = comparing(server, info, { table: 'deployment', typeName: 'Deployment' });
      return followEntities(server, { topic: 'deployment', key: id, present, compare });
    },
    resolve: (change) => change,
  }),
);

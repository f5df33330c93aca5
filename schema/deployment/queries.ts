import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { DeploymentFilter } from '../shared/entity-filters.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { DeploymentBy } from '../shared/lookups.ts';
import { DeploymentOrder } from '../shared/orders.ts';
import { deploymentWhere } from '../shared/where-unique.ts';
import { DEPLOYMENTS } from './list.ts';
import { DeploymentConnection } from './object.ts';

builder.queryField('deployment', (t) =>
  t.prismaField({
    type: 'Deployment',
    nullable: true,
    description: 'One deployment, or null.',
    args: { by: t.arg({ type: DeploymentBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by }, ctx) =>
      ctx.server.db.prisma.deployment.findFirst({ ...query, where: deploymentWhere(by) }),
  }),
);

builder.queryField('deployments', (t) =>
  t.field({
    type: DeploymentConnection,
    description: 'Deployments, by name unless an order is given.',
    args: {
      filter: t.arg({ type: DeploymentFilter, description: FILTER }),
      orderBy: t.arg({ type: [DeploymentOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: DEPLOYMENTS, args }),
  }),
);

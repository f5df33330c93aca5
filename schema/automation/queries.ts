import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { AutomationFilter } from '../shared/entity-filters.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { AutomationOrder } from '../shared/orders.ts';
import { storedId } from '../shared/where-unique.ts';
import { AUTOMATIONS } from './list.ts';
import { AutomationConnection } from './object.ts';

builder.queryField('automation', (t) =>
  t.prismaField({
    type: 'Automation',
    nullable: true,
    description: 'One automation, or null.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.server.db.prisma.automation.findUnique({ ...query, where: { id: storedId(id) } }),
  }),
);

builder.queryField('automations', (t) =>
  t.field({
    type: AutomationConnection,
    description: 'Automations, by name unless an order is given.',
    args: {
      filter: t.arg({ type: AutomationFilter, description: FILTER }),
      orderBy: t.arg({ type: [AutomationOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: AUTOMATIONS, args }),
  }),
);

import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { FlowFilter } from '../shared/entity-filters.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { FlowBy } from '../shared/lookups.ts';
import { FlowOrder } from '../shared/orders.ts';
import { idOrName } from '../shared/where-unique.ts';
import { FLOWS } from './list.ts';
import { FlowConnection } from './object.ts';

builder.queryField('flow', (t) =>
  t.prismaField({
    type: 'Flow',
    nullable: true,
    description: 'One flow, or null.',
    args: { by: t.arg({ type: FlowBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by }, ctx) =>
      ctx.server.db.prisma.flow.findUnique({ ...query, where: idOrName(by) }),
  }),
);

builder.queryField('flows', (t) =>
  t.field({
    type: FlowConnection,
    description: 'Flows, by name unless an order is given.',
    args: {
      filter: t.arg({ type: FlowFilter, description: FILTER }),
      orderBy: t.arg({ type: [FlowOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) => resolveConnection(ctx, info, { source: FLOWS, args }),
  }),
);

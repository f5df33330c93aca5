import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { VariableFilter } from '../shared/entity-filters.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { VariableBy } from '../shared/lookups.ts';
import { VariableOrder } from '../shared/orders.ts';
import { idOrName } from '../shared/where-unique.ts';
import { VARIABLES } from './list.ts';
import { VariableConnection } from './object.ts';

builder.queryField('variable', (t) =>
  t.prismaField({
    type: 'Variable',
    nullable: true,
    description: 'One variable, or null.',
    args: { by: t.arg({ type: VariableBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by }, ctx) =>
      ctx.server.db.prisma.variable.findUnique({ ...query, where: idOrName(by) }),
  }),
);

builder.queryField('variables', (t) =>
  t.field({
    type: VariableConnection,
    description: 'Variables, by name unless an order is given.',
    args: {
      filter: t.arg({ type: VariableFilter, description: FILTER }),
      orderBy: t.arg({ type: [VariableOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) => resolveConnection(ctx, info, { source: VARIABLES, args }),
  }),
);

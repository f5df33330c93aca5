import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { WorkPoolFilter } from '../shared/entity-filters.ts';
import { FILTER, pageArguments } from '../shared/list-arguments.ts';
import { WorkPoolBy } from '../shared/lookups.ts';
import { idOrName } from '../shared/where-unique.ts';
import { WORK_POOLS } from './list.ts';
import { WorkPoolConnection } from './object.ts';

builder.queryField('workPool', (t) =>
  t.prismaField({
    type: 'WorkPool',
    nullable: true,
    description: 'One work pool, or null.',
    args: { by: t.arg({ type: WorkPoolBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by }, ctx) =>
      ctx.server.db.prisma.workPool.findUnique({ ...query, where: idOrName(by) }),
  }),
);

builder.queryField('workPools', (t) =>
  t.field({
    type: WorkPoolConnection,
    description: 'Work pools by name.',
    args: { filter: t.arg({ type: WorkPoolFilter, description: FILTER }), ...pageArguments() },
    resolve: (_root, args, ctx, info) => resolveConnection(ctx, info, { source: WORK_POOLS, args }),
  }),
);

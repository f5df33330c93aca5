import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { pageArguments } from '../shared/list-arguments.ts';
import { ConcurrencyLimitBy } from '../shared/lookups.ts';
import { idOrName } from '../shared/where-unique.ts';
import { CONCURRENCY_LIMITS } from './list.ts';
import { ConcurrencyLimitConnection } from './object.ts';

builder.queryField('concurrencyLimit', (t) =>
  t.prismaField({
    type: 'ConcurrencyLimitV2',
    nullable: true,
    description: 'One concurrency limit, or null.',
    args: { by: t.arg({ type: ConcurrencyLimitBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by }, ctx) =>
      ctx.server.db.prisma.concurrencyLimitV2.findUnique({ ...query, where: idOrName(by) }),
  }),
);

builder.queryField('concurrencyLimits', (t) =>
  t.field({
    type: ConcurrencyLimitConnection,
    description: 'Concurrency limits by name, those of tags and deployments as well.',
    args: pageArguments(),
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: CONCURRENCY_LIMITS, args }),
  }),
);

import { tagLimitName } from '#server/orchestration/concurrency.ts';

import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { pageArguments } from '../shared/list-arguments.ts';
import { TaskConcurrencyLimitBy } from '../shared/lookups.ts';
import { storedId } from '../shared/where-unique.ts';
import { TASK_CONCURRENCY_LIMITS } from './list.ts';
import { TaskConcurrencyLimit, TaskConcurrencyLimitConnection } from './object.ts';

builder.queryField('taskConcurrencyLimit', (t) =>
  t.prismaField({
    type: TaskConcurrencyLimit,
    nullable: true,
    description: 'One limit on the task runs with a tag, or null.',
    args: {
      by: t.arg({ type: TaskConcurrencyLimitBy, required: true, description: 'Which one.' }),
    },
    resolve: (query, _root, { by: { id, tag } }, ctx) =>
      ctx.server.db.prisma.concurrencyLimitV2.findFirst({
        ...query,
        where: id
          ? { id: storedId(id), name: { startsWith: tagLimitName('') } }
          : { name: tagLimitName(tag ?? '') },
      }),
  }),
);

builder.queryField('taskConcurrencyLimits', (t) =>
  t.field({
    type: TaskConcurrencyLimitConnection,
    description: 'The limits on task runs with a tag, by tag.',
    args: pageArguments(),
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, {
        source: TASK_CONCURRENCY_LIMITS,
        args,
        within: { isOfTag: true },
      }),
  }),
);

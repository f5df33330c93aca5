import { CONCURRENCY_WAITER } from '#server/commands/concurrency-limit/waiters.ts';

import { builder } from '../builder.ts';
import { ConcurrencyLimitBy } from '../shared/lookups.ts';
import { idOrName } from '../shared/where-unique.ts';
import { comparing } from '../streams/changed-fields.ts';
import { defineChange } from '../streams/define-change.ts';
import { followEntities } from '../streams/entity-changes.ts';
import { requireFound } from '../streams/require-found.ts';

const ConcurrencyLimitChange = defineChange(
  'ConcurrencyLimitChange',
  'a concurrency limit',
  (t) => ({
    concurrencyLimit: t.prismaField({
      type: 'ConcurrencyLimitV2',
      nullable: true,
      description: 'The limit as it is now; null when it is gone.',
      resolve: (query, { id }, _args, ctx) =>
        ctx.server.db.prisma.concurrencyLimitV2.findUnique({ ...query, where: { id } }),
    }),
  }),
);

builder.subscriptionField('concurrencyLimit', (t) =>
  t.field({
    type: ConcurrencyLimitChange,
    description:
      'One concurrency limit: as it is now, then whenever it changes, slots of it are taken or given back, or somebody begins or ends to wait for them.',
    args: { by: t.arg({ type: ConcurrencyLimitBy, required: true, description: 'Which one.' }) },
    subscribe: async (_root, { by }, { server }, info) => {
      const { id } = requireFound(
        'concurrency limit',
        await server.db.prisma.concurrencyLimitV2.findUnique({
          where: idOrName(by),
          select: { id: true },
        }),
      );
      return followEntities(server, {
        topic: 'concurrency-limit',
        unwritten: CONCURRENCY_WAITER,
        key: id,
        present: async () => [id],
        compare: comparing(server, info, {
          table: 'concurrencyLimitV2',
          typeName: 'ConcurrencyLimit',
        }),
      });
    },
    resolve: (change) => change,
  }),
);

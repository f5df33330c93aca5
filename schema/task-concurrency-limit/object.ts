import { queryFromInfo } from '@pothos/plugin-prisma';

import type { ConcurrencyLimitV2 as LimitRow } from '#prisma/client/sqlite/client.ts';
import { tagOfLimit } from '#server/orchestration/concurrency.ts';
import { readTaskRunHolders } from '#server/queries/concurrency-limit/read-slot-holders.ts';

import { builder } from '../builder.ts';
import { batched } from '../shared/batch.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { TASK_RUNS } from '../task-run/list.ts';
import { TaskRun } from '../task-run/object.ts';

type Hydrated =
  Awaited<ReturnType<typeof TASK_RUNS.hydrate>> extends ReadonlyMap<string, infer Row>
    ? Row
    : never;

export const TaskConcurrencyLimit = builder.prismaObject('ConcurrencyLimitV2', {
  variant: 'TaskConcurrencyLimit',
  description: 'A bound on how many task runs with a tag go on at once.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (limit) => `prefect.concurrency-limit.${limit.id}`,
    }),
    tag: t.string({
      description: 'The tag, which no other limit has.',
      select: { name: true },
      resolve: ({ name }) => tagOfLimit(name),
    }),
    limit: t.exposeInt('limit', { description: 'How many of these task runs may go on at once.' }),
    activeTaskRunIds: t.idList({
      description: 'The ids of the task runs that hold its slots, the longest first.',
      resolve: async ({ id }, _args, ctx, info) => [
        ...(await batched<string, readonly string[]>(ctx, info, {
          key: id,
          purpose: 'holders',
          load: (ids) => readTaskRunHolders(ctx.server, ids),
        })),
      ],
    }),
    activeTaskRuns: t.field({
      type: [TaskRun],
      description: 'The task runs that hold its slots and are still there, the longest first.',
      resolve: async ({ id }, _args, ctx, info) => {
        const selection = queryFromInfo({ context: ctx, info, typeName: 'TaskRun' });
        const runs = await batched<string, readonly Hydrated[]>(ctx, info, {
          key: id,
          purpose: 'holding task runs',
          load: async (ids) => {
            const holders = await readTaskRunHolders(ctx.server, ids);
            const found = await TASK_RUNS.hydrate(ctx.server, holders.flat(), selection);
            return holders.map((held) =>
              held.flatMap((holderId) => {
                const run = found.get(holderId);
                return run === undefined ? [] : [run];
              }),
            );
          },
        });
        return [...runs];
      },
    }),
  }),
});

export const TaskConcurrencyLimitConnection = defineConnection<LimitRow>(
  { name: 'TaskConcurrencyLimit', plural: 'limits of tags' },
  TaskConcurrencyLimit,
);

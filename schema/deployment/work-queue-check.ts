import { listCheckedQueues } from '#server/queries/work-queue/list-checked-queues.ts';

import { builder } from '../builder.ts';
import { batched } from '../shared/batch.ts';
import { rowsByIds } from '../shared/rows-by-ids.ts';
import { WORK_QUEUES } from '../work-queue/list.ts';
import { WorkQueue } from '../work-queue/object.ts';
import { Deployment } from './object.ts';

builder.prismaObjectField(Deployment, 'workQueueCheck', (t) =>
  t.field({
    type: [WorkQueue],
    description: 'The work queues whose agents could take its runs, the oldest first.',
    resolve: async ({ id }, _args, ctx, info) => {
      const ids = await batched<string, readonly string[]>(ctx, info, {
        key: id,
        purpose: 'checked queues',
        load: async (deploymentIds) => {
          const queues = await listCheckedQueues(ctx.server);
          return deploymentIds.map(() => queues.map((queue) => queue.id));
        },
      });
      return [...(await rowsByIds(ctx, info, { hydrate: WORK_QUEUES.hydrate, ids }))];
    },
  }),
);

import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { listTaskWorkers } from '#server/queries/task-worker/read-task-workers.ts';
import { formatInstant } from '#server/time.ts';

import { taskWorkerAnswer } from './answers/task-worker.ts';
import { parametersBody } from './body.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';
import { optional } from './wire/filters/criteria.ts';
import { openModel, texts } from './wire/pydantic/shapes.ts';

const taskWorkerFilter = openModel({ task_keys: texts }).meta({ id: 'TaskWorkerFilter' });

/** What clients ask about the processes that run background tasks. */
export const taskWorkerRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/task_workers/filter',
    answers: z.array(taskWorkerAnswer),
    body: parametersBody({ task_worker_filter: optional(taskWorkerFilter) }),
    handle: async ({ body }) => {
      const taskKeys = body.task_worker_filter?.task_keys ?? [];
      const workers = await listTaskWorkers(ctx, { taskKeys });
      return answer(
        workers.map((worker) => ({
          identifier: worker.identifier,
          task_keys: worker.taskKeys,
          timestamp: formatInstant(worker.timestamp),
        })),
      );
    },
  }),
];

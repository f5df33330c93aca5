import { z } from 'zod';

import { createWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import { deleteWorkQueue } from '#server/commands/work-queue/delete-work-queue.ts';
import { workPoolNotFound, workPoolQueueNotFound } from '#server/commands/work-queue/not-found.ts';
import { updateWorkQueue } from '#server/commands/work-queue/update-work-queue.ts';
import type { Context } from '#server/context.ts';
import { isServerError } from '#server/errors.ts';
import { readWorkPoolByName } from '#server/queries/work-pool/read-work-pool.ts';
import { filterWorkQueues } from '#server/queries/work-queue/filter-work-queues.ts';
import {
  type WorkQueueView,
  readWorkQueueByName,
} from '#server/queries/work-queue/read-work-queue.ts';

import { workQueueAnswer } from './answers/work-queue.ts';
import { parametersBody, wholeBody } from './body.ts';
import { limit, limitWithin, offset } from './page.ts';
import { answer, noContent, refuseRequest } from './reply.ts';
import { type Route, route } from './route.ts';
import { workQueueFilter } from './wire/filters/work-pool-filter.ts';
import { newWorkQueue, workQueueChanges, workQueueToWire } from './wire/work-queue.ts';
import { queueSlots } from './work-pool-slots.ts';

const show = async (
  ctx: Context,
  queues: readonly WorkQueueView[],
): Promise<readonly ReturnType<typeof workQueueToWire>[]> => {
  const slots = await queueSlots(ctx, queues, { isLegacy: false });
  return queues.map((queue) => workQueueToWire(queue, slots(queue.id)));
};

type Param = (name: string) => string;

const requireQueue = async (ctx: Context, param: Param): Promise<WorkQueueView> => {
  const workPoolName = param('work_pool_name');
  const name = param('name');
  const queue = await readWorkQueueByName(ctx, { workPoolName, name });
  if (queue === null) throw workPoolQueueNotFound(workPoolName, name);
  return queue;
};

/** The same, for routes that say when there is no such pool either. */
const requireQueueOfPool = async (ctx: Context, param: Param): Promise<WorkQueueView> => {
  const name = param('work_pool_name');
  if ((await readWorkPoolByName(ctx, name)) === null) throw workPoolNotFound(name);
  return requireQueue(ctx, param);
};

const collectionRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/work_pools/{work_pool_name}/queues',
    status: 201,
    answers: workQueueAnswer,
    body: wholeBody(newWorkQueue),
    handle: async ({ body, param }) => {
      const workPoolName = param('work_pool_name');
      try {
        const queue = await createWorkQueue(ctx, { ...body, workPoolName });
        return answer(workQueueToWire({ ...queue, workPoolName }, 0), 201);
      } catch (error) {
        if (!isServerError(error, 'CONFLICT')) throw error;
        throw refuseRequest(
          409,
          `A work queue with this name already exists in work pool '${workPoolName}'.`,
        );
      }
    },
  }),
  route({
    method: 'POST',
    path: '/work_pools/{work_pool_name}/queues/filter',
    answers: z.array(workQueueAnswer),
    body: parametersBody({ work_queues: workQueueFilter.optional(), limit, offset }),
    handle: async ({ body, param }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const pool = await readWorkPoolByName(ctx, param('work_pool_name'));
      if (pool === null) throw workPoolNotFound(param('work_pool_name'));
      const workPool = { id: { in: [pool.id] } };
      const filter = { and: [body.work_queues ?? {}, { workPool }] };
      const page = { limit: size, offset: body.offset };
      const queues = await filterWorkQueues(ctx, { filter, sort: 'PRIORITY_ASC', page });
      return answer(await show(ctx, queues));
    },
  }),
];

/** What clients ask about the queues of a work pool. */
export const workPoolQueueRoutes = (ctx: Context): readonly Route[] => [
  ...collectionRoutes(ctx),
  route({
    method: 'GET',
    path: '/work_pools/{work_pool_name}/queues/{name}',
    answers: workQueueAnswer,
    handle: async ({ param }) => {
      const [queue] = await show(ctx, [await requireQueue(ctx, param)]);
      return answer(queue);
    },
  }),
  route({
    method: 'PATCH',
    path: '/work_pools/{work_pool_name}/queues/{name}',
    status: 204,
    body: wholeBody(workQueueChanges),
    handle: async ({ body, param }) => {
      const { id } = await requireQueueOfPool(ctx, param);
      await updateWorkQueue(ctx, { id, changes: body });
      return noContent;
    },
  }),
  route({
    method: 'DELETE',
    path: '/work_pools/{work_pool_name}/queues/{name}',
    status: 204,
    handle: async ({ param }) => {
      const { id } = await requireQueueOfPool(ctx, param);
      await deleteWorkQueue(ctx, { id });
      return noContent;
    },
  }),
];

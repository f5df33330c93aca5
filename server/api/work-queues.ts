import { z } from 'zod';

import { deleteWorkQueue } from '#server/commands/work-queue/delete-work-queue.ts';
import { pollWorkQueue } from '#server/commands/work-queue/poll-work-queue.ts';
import {
  DEFAULT_AGENT_POOL,
  createAgentWorkQueue,
} from '#server/commands/work-queue/resolve-work-queue.ts';
import { updateWorkQueue } from '#server/commands/work-queue/update-work-queue.ts';
import type { Context } from '#server/context.ts';
import { filterWorkQueues } from '#server/queries/work-queue/filter-work-queues.ts';
import {
  type WorkQueueView,
  readWorkQueue,
  readWorkQueueByName,
} from '#server/queries/work-queue/read-work-queue.ts';
import { nowMicros } from '#server/time.ts';

import { flowRunAnswer } from './answers/flow-run.ts';
import { workQueueAnswer } from './answers/work-queue.ts';
import { parametersBody, wholeBody } from './body.ts';
import { orDetail, orException } from './not-found.ts';
import { limit, limitWithin, offset } from './page.ts';
import { type Reply, answer, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { workQueueFilter } from './wire/filters/work-pool-filter.ts';
import { flowRunToWire } from './wire/flow-run.ts';
import { datetime } from './wire/pydantic/datetime.ts';
import { newWorkQueue, workQueueChanges, workQueueToWire } from './wire/work-queue.ts';
import { queueSlots } from './work-pool-slots.ts';
import { workQueueStatusRoutes } from './work-queue-status.ts';

const answerQueue = async (ctx: Context, queue: WorkQueueView | null): Promise<Reply> => {
  if (queue === null) return refusal(404, 'work queue not found');
  const slots = await queueSlots(ctx, [queue], { isLegacy: true });
  return answer(workQueueToWire(queue, slots(queue.id)));
};

const singleRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/work_queues/',
    status: 201,
    answers: workQueueAnswer,
    body: wholeBody(newWorkQueue),
    handle: async ({ body }) => {
      const queue = await createAgentWorkQueue(ctx, body);
      return answer(workQueueToWire({ ...queue, workPoolName: DEFAULT_AGENT_POOL }, 0), 201);
    },
  }),
  route({
    method: 'PATCH',
    path: '/work_queues/{id:uuid}',
    status: 204,
    body: wholeBody(workQueueChanges),
    handle: async ({ body, param }) => {
      const id = param('id');
      await orDetail(
        updateWorkQueue(ctx, { id, changes: body, areOthersKept: true }),
        `Work Queue ${id} not found`,
      );
      return noContent;
    },
  }),
  route({
    method: 'GET',
    path: '/work_queues/name/{name}',
    answers: workQueueAnswer,
    handle: async ({ param }) => {
      const key = { workPoolName: DEFAULT_AGENT_POOL, name: param('name') };
      return answerQueue(ctx, await readWorkQueueByName(ctx, key));
    },
  }),
  route({
    method: 'GET',
    path: '/work_queues/{id:uuid}',
    answers: workQueueAnswer,
    handle: async ({ param }) => answerQueue(ctx, await readWorkQueue(ctx, param('id'))),
  }),
  route({
    method: 'DELETE',
    path: '/work_queues/{id:uuid}',
    status: 204,
    handle: async ({ param }) => {
      await deleteWorkQueue(ctx, { id: param('id'), areOthersKept: true });
      return noContent;
    },
  }),
];

const filterRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/work_queues/filter',
    answers: z.array(workQueueAnswer),
    body: parametersBody({ limit, offset, work_queues: workQueueFilter.optional() }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const page = { limit: size, offset: body.offset };
      const filter = body.work_queues ?? {};
      const queues = await filterWorkQueues(ctx, { filter, sort: 'NAME_ASC', page });
      const slots = await queueSlots(ctx, queues, { isLegacy: true });
      return answer(queues.map((queue) => workQueueToWire(queue, slots(queue.id))));
    },
  });

const pollRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/work_queues/{id:uuid}/get_runs',
    answers: z.array(flowRunAnswer),
    body: parametersBody({ limit, scheduled_before: datetime.optional() }),
    handle: async ({ body, headers, param }) => {
      const id = param('id');
      const poll = pollWorkQueue(ctx, {
        id,
        scheduledBefore: body.scheduled_before,
        limit: limitWithin(body.limit, ctx.settings.api.defaultLimit),
        // Prefect's pages look at queues without working for them.
        isNoted: headers['x-prefect-ui'] !== 'true',
        hasOwnRetries: true,
      });
      const runs = await orException(poll, `Work queue with id ${id} not found.`);
      const now = nowMicros();
      // These tell what the run's own row holds, and nothing of its pool.
      const alone = { queueName: null, workPoolId: null, workPoolName: null };
      return answer(runs.map((run) => flowRunToWire({ ...run, ...alone }, now)));
    },
  });

/** What clients ask about queues by their ids, as agents did before there were pools. */
export const workQueueRoutes = (ctx: Context): readonly Route[] => [
  filterRoute(ctx),
  ...singleRoutes(ctx),
  pollRoute(ctx),
  ...workQueueStatusRoutes(ctx),
];

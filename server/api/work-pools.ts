import { z } from 'zod';

import type { WorkPoolRow } from '#prisma/tables.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { deleteWorkPool } from '#server/commands/work-pool/delete-work-pool.ts';
import { getScheduledFlowRuns } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import type { QueuedRun } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { updateWorkPool } from '#server/commands/work-pool/update-work-pool.ts';
import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import type { Context } from '#server/context.ts';
import { countWorkPools, filterWorkPools } from '#server/queries/work-pool/filter-work-pools.ts';
import { readWorkPoolByName } from '#server/queries/work-pool/read-work-pool.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import { countAnswer } from './answers/parts.ts';
import { workPoolAnswer, workerFlowRunAnswer } from './answers/work-pool.ts';
import { parametersBody, wholeBody } from './body.ts';
import { limit, limitWithin, offset } from './page.ts';
import { answer, noContent } from './reply.ts';
import { type Route, route } from './route.ts';
import { workPoolFilter } from './wire/filters/work-pool-filter.ts';
import { flowRunToWire } from './wire/flow-run.ts';
import { datetime } from './wire/pydantic/datetime.ts';
import { texts } from './wire/pydantic/shapes.ts';
import { newWorkPool, workPoolChanges, workPoolToWire } from './wire/work-pool.ts';
import { workPoolConcurrencyRoute } from './work-pool-concurrency.ts';
import { workPoolQueueRoutes } from './work-pool-queues.ts';
import { poolSlots } from './work-pool-slots.ts';
import { workerRoutes } from './workers.ts';

const show = async (
  ctx: Context,
  pools: readonly WorkPoolRow[],
  clientVersion: string | null,
): Promise<readonly ReturnType<typeof workPoolToWire>[]> => {
  const slots = await poolSlots(ctx, pools);
  return pools.map((pool) => workPoolToWire({ pool, activeSlots: slots(pool.id), clientVersion }));
};

const singleRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/work_pools/',
    status: 201,
    answers: workPoolAnswer,
    body: wholeBody(newWorkPool),
    handle: async ({ body, client }) => {
      const [pool] = await show(ctx, [await createWorkPool(ctx, body)], client.clientVersion);
      return answer(pool, 201);
    },
  }),
  route({
    method: 'GET',
    path: '/work_pools/{name}',
    answers: workPoolAnswer,
    handle: async ({ param, client }) => {
      const found = await readWorkPoolByName(ctx, param('name'));
      if (found === null) throw workPoolNotFound(param('name'));
      const [pool] = await show(ctx, [found], client.clientVersion);
      return answer(pool);
    },
  }),
  route({
    method: 'PATCH',
    path: '/work_pools/{name}',
    status: 204,
    body: wholeBody(workPoolChanges),
    handle: async ({ body, param }) => {
      await updateWorkPool(ctx, { name: param('name'), changes: body });
      return noContent;
    },
  }),
  route({
    method: 'DELETE',
    path: '/work_pools/{name}',
    status: 204,
    handle: async ({ param }) => {
      await deleteWorkPool(ctx, { name: param('name') });
      return noContent;
    },
  }),
];

const listRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/work_pools/filter',
    answers: z.array(workPoolAnswer),
    body: parametersBody({ work_pools: workPoolFilter.optional(), limit, offset }),
    handle: async ({ body, client }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const page = { limit: size, offset: body.offset };
      const pools = await filterWorkPools(ctx, { filter: body.work_pools ?? {}, page });
      return answer(await show(ctx, pools, client.clientVersion));
    },
  }),
  route({
    method: 'POST',
    path: '/work_pools/count',
    answers: countAnswer,
    body: parametersBody({ work_pools: workPoolFilter.optional() }),
    handle: async ({ body }) =>
      answer(await countWorkPools(ctx, { filter: body.work_pools ?? {} })),
  }),
];

const queuedRunToWire = ({ workPoolId, workQueueId, flowRun }: QueuedRun, now: Micros) => {
  // A worker's runs lack what their pool is, which the row around them tells.
  const { work_pool_id: _, work_pool_name: __, ...flow_run } = flowRunToWire(flowRun, now);
  return { work_pool_id: workPoolId, work_queue_id: workQueueId, flow_run };
};

const pollRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/work_pools/{name}/get_scheduled_flow_runs',
    answers: z.array(workerFlowRunAnswer),
    body: parametersBody({
      work_queue_names: texts.optional(),
      scheduled_before: datetime.optional(),
      scheduled_after: datetime.optional(),
      limit,
    }),
    handle: async ({ body, param }) => {
      const runs = await getScheduledFlowRuns(ctx, {
        workPoolName: param('name'),
        workQueueNames: body.work_queue_names,
        scheduledBefore: body.scheduled_before,
        scheduledAfter: body.scheduled_after,
        limit: limitWithin(body.limit, ctx.settings.api.defaultLimit),
      });
      const now = nowMicros();
      return answer(runs.map((run) => queuedRunToWire(run, now)));
    },
  });

/** What clients ask about work pools, their queues and their workers. */
export const workPoolRoutes = (ctx: Context): readonly Route[] => [
  ...listRoutes(ctx),
  ...singleRoutes(ctx),
  workPoolConcurrencyRoute(ctx),
  pollRoute(ctx),
  ...workPoolQueueRoutes(ctx),
  ...workerRoutes(ctx),
];

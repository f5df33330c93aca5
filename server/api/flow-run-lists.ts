import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { countFlowRuns, filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { selectFewFlowRuns } from '#server/queries/flow-run/flow-run-selection.ts';
import { averageLatenessSeconds } from '#server/queries/run-history.ts';
import { nowMicros } from '#server/time.ts';

import { flowRunAnswer, flowRunPaginationAnswer } from './answers/flow-run.ts';
import { historyAnswer } from './answers/history.ts';
import { countAnswer } from './answers/parts.ts';
import { parametersBody } from './body.ts';
import { answerHistory } from './history.ts';
import { limit, limitWithin, offset, pageNumber, pageToWire } from './page.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';
import { flowRunScope, poolScopeShape, queueScopeShape } from './wire/filters/scope.ts';
import { workQueueFilter } from './wire/filters/work-pool-filter.ts';
import { flowRunSort, flowRunToWire } from './wire/flow-run.ts';
import { historyShape } from './wire/history.ts';

const aggregateRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/flow_runs/count',
    answers: countAnswer,
    body: parametersBody(queueScopeShape),
    handle: async ({ body }) => answer(await countFlowRuns(ctx, { filter: flowRunScope(body) })),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/lateness',
    answers: z.number().nullable(),
    body: parametersBody(queueScopeShape),
    handle: async ({ body }) =>
      answer(await averageLatenessSeconds(ctx, await selectFewFlowRuns(ctx, flowRunScope(body)))),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/history',
    answers: z.array(historyAnswer),
    body: parametersBody({
      ...historyShape,
      ...poolScopeShape,
      work_queues: workQueueFilter.optional(),
    }),
    handle: async ({ body }) => {
      const scope = { ...body, work_pool_queues: body.work_queues };
      return answerHistory(ctx, await selectFewFlowRuns(ctx, flowRunScope(scope)), body);
    },
  }),
];

/** What clients ask about many flow runs at once. */
export const flowRunListRoutes = (ctx: Context): readonly Route[] => [
  ...aggregateRoutes(ctx),
  route({
    method: 'POST',
    path: '/flow_runs/filter',
    answers: z.array(flowRunAnswer),
    body: parametersBody({ sort: flowRunSort, limit, offset, ...queueScopeShape }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const page = { limit: size, offset: body.offset };
      const runs = await filterFlowRuns(ctx, {
        filter: flowRunScope(body),
        sort: body.sort,
        page,
      });
      const now = nowMicros();
      return answer(runs.map((run) => flowRunToWire(run, now)));
    },
  }),
  route({
    method: 'POST',
    path: '/flow_runs/paginate',
    answers: flowRunPaginationAnswer,
    body: parametersBody({ sort: flowRunSort, limit, page: pageNumber, ...queueScopeShape }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const filter = flowRunScope(body);
      const page = { limit: size, offset: (body.page - 1) * size };
      const [runs, count] = await Promise.all([
        filterFlowRuns(ctx, { filter, sort: body.sort, page }),
        countFlowRuns(ctx, { filter }),
      ]);
      const now = nowMicros();
      const results = runs.map((run) => flowRunToWire(run, now));
      return answer(pageToWire(results, count, { limit: size, page: body.page }));
    },
  }),
];

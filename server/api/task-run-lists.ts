import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { countTaskRuns, filterTaskRuns } from '#server/queries/task-run/filter-task-runs.ts';
import { selectTaskRuns } from '#server/queries/task-run/task-run-selection.ts';
import { nowMicros } from '#server/time.ts';

import { historyAnswer } from './answers/history.ts';
import { countAnswer } from './answers/parts.ts';
import { taskRunAnswer, taskRunPaginationAnswer } from './answers/task-run.ts';
import { parametersBody } from './body.ts';
import { answerHistory } from './history.ts';
import { limit, limitWithin, offset, pageNumber, pageToWire } from './page.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';
import { runScopeShape, taskRunScope } from './wire/filters/scope.ts';
import { historyShape } from './wire/history.ts';
import { taskRunSort, taskRunSummaryToWire, taskRunToWire } from './wire/task-run.ts';

/** What clients ask about many task runs at once. */
export const taskRunListRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/task_runs/count',
    answers: countAnswer,
    body: parametersBody(runScopeShape),
    handle: async ({ body }) => answer(await countTaskRuns(ctx, { filter: taskRunScope(body) })),
  }),
  route({
    method: 'POST',
    path: '/task_runs/history',
    answers: z.array(historyAnswer),
    body: parametersBody({ ...historyShape, ...runScopeShape }),
    handle: ({ body: { history_start, history_end, history_interval_seconds, ...scope } }) =>
      answerHistory(ctx, selectTaskRuns(ctx, taskRunScope(scope)), {
        history_start,
        history_end,
        history_interval_seconds,
      }),
  }),
  route({
    method: 'POST',
    path: '/task_runs/filter',
    answers: z.array(taskRunAnswer),
    body: parametersBody({ sort: taskRunSort, limit, offset, ...runScopeShape }),
    handle: async ({ body: { sort, limit: asked, offset: start, ...scope } }) => {
      const size = limitWithin(asked, ctx.settings.api.defaultLimit);
      const page = { limit: size, offset: start };
      const runs = await filterTaskRuns(ctx, { filter: taskRunScope(scope), sort, page });
      const now = nowMicros();
      return answer(runs.map((run) => taskRunToWire(run, now)));
    },
  }),
  route({
    method: 'POST',
    path: '/task_runs/paginate',
    answers: taskRunPaginationAnswer,
    body: parametersBody({ sort: taskRunSort, limit, page: pageNumber, ...runScopeShape }),
    handle: async ({ body: { sort, limit: asked, page: number, ...scope } }) => {
      const size = limitWithin(asked, ctx.settings.api.defaultLimit);
      const filter = taskRunScope(scope);
      const page = { limit: size, offset: (number - 1) * size };
      const [runs, count] = await Promise.all([
        filterTaskRuns(ctx, { filter, sort, page }),
        countTaskRuns(ctx, { filter }),
      ]);
      const now = nowMicros();
      const results = runs.map((run) => taskRunSummaryToWire(run, now));
      return answer(pageToWire(results, count, { limit: size, page: number }));
    },
  }),
];

import { z } from 'zod';

import type { Context } from '#server/context.ts';
import type { InstantFilter, TaskRunFilter } from '#server/queries/filter-types.ts';
import { readFlowRunPoints } from '#server/queries/flow-run/flow-run-points.ts';
import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { countByStateType } from '#server/queries/run-history.ts';
import { countEndedTaskRuns } from '#server/queries/task-run/count-ended-task-runs.ts';
import { countTaskRunsByFlowRun } from '#server/queries/task-run/count-task-runs-by-flow-run.ts';
import { readTaskRun } from '#server/queries/task-run/read-task-run.ts';
import { selectTaskRuns } from '#server/queries/task-run/task-run-selection.ts';
import { formatOptionalInstant, nowMicros } from '#server/time.ts';

import {
  countByStateAnswer,
  simpleFlowRunAnswer,
  taskRunCountAnswer,
} from './answers/dashboard.ts';
import { countsById } from './answers/parts.ts';
import { uiTaskRunAnswer } from './answers/task-run.ts';
import { parametersBody } from './body.ts';
import { offset } from './page.ts';
import { answer, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { flowRunScope, poolScopeShape, runScopeShape, taskRunScope } from './wire/filters/scope.ts';
import { endedTaskRunFilter } from './wire/filters/task-run-filter.ts';
import { workQueueFilter } from './wire/filters/work-pool-filter.ts';
import { FLOW_RUN_SORTS } from './wire/flow-run.ts';
import { integer } from './wire/pydantic/number.ts';
import { choice, uuid } from './wire/pydantic/scalar.ts';
import { list } from './wire/pydantic/shapes.ts';
import { taskRunToWire } from './wire/task-run.ts';

const MAX_POINTS = 1000;
const MAX_IDS = 200;

/** Counts by id, zero for what has none, in the order of the question. */
export const countsToWire = (
  ids: readonly string[],
  counts: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(ids.map((id) => [id, counts.get(id) ?? 0]));

export const manyIds = list(uuid, { atMost: MAX_IDS });

const flowRunRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/ui/flow_runs/history',
    answers: z.array(simpleFlowRunAnswer),
    body: parametersBody({
      sort: choice(FLOW_RUN_SORTS).default('EXPECTED_START_TIME_DESC'),
      limit: integer({ atMost: MAX_POINTS }).default(MAX_POINTS),
      offset,
      ...poolScopeShape,
    }),
    handle: async ({ body: { sort, limit, offset: start, ...scope } }) => {
      // A length below zero asks for all, which is as many as may be asked for.
      const page = { limit: limit < 0 ? MAX_POINTS : limit, offset: start };
      const points = await readFlowRunPoints(ctx, { filter: flowRunScope(scope), sort, page });
      return answer(
        points.map((point) => ({
          id: point.id,
          state_type: point.stateType,
          timestamp: formatOptionalInstant(point.timestamp),
          duration: point.durationSeconds,
          lateness: point.latenessSeconds,
        })),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/ui/flow_runs/count-task-runs',
    answers: countsById,
    body: parametersBody({ flow_run_ids: manyIds }),
    handle: async ({ body: { flow_run_ids: ids } }) =>
      answer(countsToWire(ids, await countTaskRunsByFlowRun(ctx, ids))),
  }),
];

/** The span of starts that a filter asks for, wherever among its criteria it stands. */
const startsOf = ({ startTime, and = [], or = [] }: TaskRunFilter): InstantFilter | undefined =>
  startTime ?? [...and, ...or].find((part) => part.startTime !== undefined)?.startTime;

const dashboardRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/ui/task_runs/dashboard/counts',
    answers: z.array(taskRunCountAnswer),
    body: parametersBody({
      ...poolScopeShape,
      task_runs: endedTaskRunFilter,
      work_queues: workQueueFilter.optional(),
    }),
    handle: async ({ body: { work_queues: queues, ...scope } }) => {
      const { after, before = null } = startsOf(scope.task_runs) ?? {};
      if (after === undefined) return refusal(422, 'task_runs.start_time.after_ is required');
      const filter = taskRunScope({ ...scope, work_pool_queues: queues });
      return answer(await countEndedTaskRuns(ctx, { filter, after, before }));
    },
  });

const taskRunRoutes = (ctx: Context): readonly Route[] => [
  dashboardRoute(ctx),
  route({
    method: 'POST',
    path: '/ui/task_runs/count',
    answers: countByStateAnswer,
    body: parametersBody(runScopeShape),
    handle: async ({ body }) =>
      answer(await countByStateType(ctx, selectTaskRuns(ctx, taskRunScope(body)))),
  }),
  route({
    method: 'GET',
    path: '/ui/task_runs/{id:uuid}',
    answers: uiTaskRunAnswer,
    handle: async ({ param }) => {
      const taskRun = await readTaskRun(ctx, param('id'));
      if (taskRun === null) return refusal(404, 'Task not found');
      const { flowRunId } = taskRun;
      const flowRun = flowRunId === null ? null : await readFlowRun(ctx, flowRunId);
      const shown = taskRunToWire(taskRun, nowMicros());
      return answer({ ...shown, flow_run_name: flowRun?.name ?? null });
    },
  }),
];

/** Figures about runs, as Prefect's pages ask for them. */
export const uiRunRoutes = (ctx: Context): readonly Route[] => [
  ...flowRunRoutes(ctx),
  ...taskRunRoutes(ctx),
];

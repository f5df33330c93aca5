import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { readFlowRunGraph } from '#server/queries/flow-run/read-flow-run-graph.ts';
import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { filterTaskRuns } from '#server/queries/task-run/filter-task-runs.ts';
import { micros, nowMicros } from '#server/time.ts';

import { graphAnswer } from './answers/flow-run-graph.ts';
import { dependencyResultAnswer } from './answers/flow-run.ts';
import { notFoundException, orException } from './not-found.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';
import { dependencyToWire, graphToWire } from './wire/flow-run-graph.ts';
import { plainDatetime } from './wire/pydantic/plain-datetime.ts';
import { openModel } from './wire/pydantic/shapes.ts';

const BEGINNING = micros(0);

/** How what ran within a flow run depends on each other. */
export const flowRunGraphRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/flow_runs/{id:uuid}/graph',
    answers: z.array(dependencyResultAnswer),
    handle: async ({ param }) => {
      const flowRunId = param('id');
      const run = await readFlowRun(ctx, flowRunId);
      if (run === null) return notFoundException(`Flow run with id ${flowRunId} not found`);
      const taskRuns = await filterTaskRuns(ctx, {
        filter: { flowRunId: { in: [flowRunId] } },
        sort: 'ID_DESC',
        page: { limit: ctx.settings.flowRunGraph.maxNodes, offset: 0 },
      });
      const now = nowMicros();
      return answer(taskRuns.map((taskRun) => dependencyToWire(taskRun, now)));
    },
  }),
  route({
    method: 'GET',
    path: '/flow_runs/{id:uuid}/graph-v2',
    answers: graphAnswer,
    query: openModel({
      since: plainDatetime.default(BEGINNING).meta({ default: '0001-01-01T00:00:00Z' }),
    }),
    handle: async ({ param, query }) => {
      const flowRunId = param('id');
      const graph = readFlowRunGraph(ctx, { flowRunId, since: query.since });
      return answer(graphToWire(await orException(graph, `Flow run ${flowRunId} not found`)));
    },
  }),
];

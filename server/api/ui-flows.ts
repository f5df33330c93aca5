import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { countDeploymentsByFlow } from '#server/queries/deployment/count-deployments-by-flow.ts';
import { type NextRun, readNextRunsByFlow } from '#server/queries/flow-run/next-runs-by-flow.ts';
import { formatOptionalInstant } from '#server/time.ts';

import { simpleNextFlowRunAnswer } from './answers/dashboard.ts';
import { countsById } from './answers/parts.ts';
import { parametersBody } from './body.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';
import { countsToWire, manyIds } from './ui-runs.ts';

const nextRunToWire = (run: NextRun | undefined) =>
  run === undefined
    ? null
    : {
        id: run.id,
        flow_id: run.flowId,
        name: run.name,
        state_name: run.stateName,
        state_type: run.stateType,
        next_scheduled_start_time: formatOptionalInstant(run.nextScheduledStartTime),
      };

/** Figures about flows, as Prefect's pages ask for them. */
export const uiFlowRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/ui/flows/count-deployments',
    answers: countsById,
    body: parametersBody({ flow_ids: manyIds }),
    handle: async ({ body: { flow_ids: ids } }) =>
      answer(countsToWire(ids, await countDeploymentsByFlow(ctx, ids))),
  }),
  route({
    method: 'POST',
    path: '/ui/flows/next-runs',
    answers: z.record(z.string(), simpleNextFlowRunAnswer.nullable()),
    body: parametersBody({ flow_ids: manyIds }),
    handle: async ({ body: { flow_ids: ids } }) => {
      const runs = await readNextRunsByFlow(ctx, ids);
      return answer(Object.fromEntries(ids.map((id) => [id, nextRunToWire(runs.get(id))])));
    },
  }),
];

import { z } from 'zod';

import {
  createFlowRunFromDeployment,
  createFlowRunsFromDeployment,
} from '#server/commands/deployment/create-flow-run-from-deployment.ts';
import { getScheduledFlowRunsOfDeployments } from '#server/commands/deployment/get-scheduled-flow-runs.ts';
import { scheduleDeployments } from '#server/commands/deployment/schedule-deployments.ts';
import type { Context } from '#server/context.ts';
import { readDeployment } from '#server/queries/deployment/read-deployment.ts';
import { requireFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { listCheckedQueues } from '#server/queries/work-queue/list-checked-queues.ts';
import { nowMicros } from '#server/time.ts';

import { flowRunBulkCreateAnswer } from './answers/deployment.ts';
import { flowRunAnswer } from './answers/flow-run.ts';
import { checkedWorkQueueAnswer } from './answers/work-queue.ts';
import { parametersBody, wholeBody } from './body.ts';
import { creatorOf } from './creator.ts';
import { limit, limitWithin } from './page.ts';
import { answer, createdStatus, refusal, refuseRequest } from './reply.ts';
import { type Route, route } from './route.ts';
import { bulkResultToWire, deploymentRun } from './wire/deployment.ts';
import { flowRunToWire } from './wire/flow-run.ts';
import { datetime } from './wire/pydantic/datetime.ts';
import { integer, secondsNumber } from './wire/pydantic/number.ts';
import { plainDatetime } from './wire/pydantic/plain-datetime.ts';
import { uuid } from './wire/pydantic/scalar.ts';
import { list } from './wire/pydantic/shapes.ts';
import { bareWorkQueueToWire } from './wire/work-queue.ts';

const MAX_BULK = 100;

const creationRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/deployments/{id:uuid}/create_flow_run',
    answers: flowRunAnswer,
    body: wholeBody(deploymentRun(ctx.settings)),
    handle: async ({ body, headers, client, param }) => {
      const { flowRun, created, ...around } = await createFlowRunFromDeployment(ctx, {
        deploymentId: param('id'),
        input: { ...body, createdBy: creatorOf(headers), client },
      });
      const shown = created ? { ...flowRun, ...around } : await requireFlowRun(ctx, flowRun.id);
      return answer(flowRunToWire(shown, nowMicros()), createdStatus(created));
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/{id:uuid}/create_flow_run/bulk',
    answers: flowRunBulkCreateAnswer,
    body: wholeBody(list(deploymentRun(ctx.settings))),
    handle: async ({ body, headers, client, param }) => {
      if (body.length > MAX_BULK) {
        throw refuseRequest(400, `Cannot create more than ${MAX_BULK} flow runs at once.`);
      }
      const createdBy = creatorOf(headers);
      const results = await createFlowRunsFromDeployment(ctx, {
        deploymentId: param('id'),
        inputs: body.map((input) => ({ ...input, createdBy, client })),
      });
      return answer({ results: results.map(bulkResultToWire) });
    },
  }),
];

const pollRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/deployments/get_scheduled_flow_runs',
    answers: z.array(flowRunAnswer),
    body: parametersBody({
      deployment_ids: list(uuid),
      scheduled_before: datetime.optional(),
      limit,
    }),
    handle: async ({ body }) => {
      const runs = await getScheduledFlowRunsOfDeployments(ctx, {
        deploymentIds: body.deployment_ids,
        scheduledBefore: body.scheduled_before,
        limit: limitWithin(body.limit, ctx.settings.api.defaultLimit),
      });
      const now = nowMicros();
      return answer(runs.map((run) => flowRunToWire(run, now)));
    },
  });

const scheduleRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/deployments/{id:uuid}/schedule',
    body: parametersBody({
      start_time: plainDatetime.optional(),
      end_time: plainDatetime.optional(),
      min_time: secondsNumber.optional(),
      min_runs: integer().optional(),
      max_runs: integer().optional(),
    }),
    handle: async ({ body, param }) => {
      await scheduleDeployments(ctx, {
        deploymentIds: [param('id')],
        start: body.start_time,
        end: body.end_time,
        minTimeSeconds: body.min_time,
        minRuns: body.min_runs,
        maxRuns: body.max_runs,
      });
      return answer(null);
    },
  });

const queueCheckRoute = (ctx: Context): Route =>
  route({
    method: 'GET',
    path: '/deployments/{id:uuid}/work_queue_check',
    answers: z.array(checkedWorkQueueAnswer),
    handle: async ({ param }) => {
      const deployment = await readDeployment(ctx, param('id'));
      if (deployment === null) return refusal(404, 'Deployment not found');
      return answer((await listCheckedQueues(ctx)).map(bareWorkQueueToWire));
    },
  });

/** What clients ask about the runs of deployments. */
export const deploymentRunRoutes = (ctx: Context): readonly Route[] => [
  pollRoute(ctx),
  scheduleRoute(ctx),
  queueCheckRoute(ctx),
  ...creationRoutes(ctx),
];

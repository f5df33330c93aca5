import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { resolveWorkQueue } from '#server/commands/work-queue/resolve-work-queue.ts';
import type { Context } from '#server/context.ts';
import { pending } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { nowMicros } from '#server/time.ts';

import { parametersBody, wholeBody } from './body.ts';
import { creatorOf } from './creator.ts';
import { orException } from './not-found.ts';
import { answer, createdStatus, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { given } from './wire/filters/criteria.ts';
import { type ShownFlowRun, flowRunToWire, newFlowRun } from './wire/flow-run.ts';
import { boolean } from './wire/pydantic/scalar.ts';
import { proposedState } from './wire/state.ts';
import { answerTransition } from './wire/transition.ts';

/** The queue that a pool's name chooses for a new run; null when none was named. */
const chosenQueueId = async (
  ctx: Context,
  workPoolName: string | null | undefined,
  workQueueName: string | null | undefined,
): Promise<string | null> => {
  if (workPoolName === null || workPoolName === undefined || workPoolName === '') return null;
  const queue = await ctx.db.write(() => resolveWorkQueue(ctx, { workPoolName, workQueueName }));
  return queue?.id ?? null;
};

const createRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/flow_runs/',
    body: wholeBody(newFlowRun),
    handle: async ({ body, headers, client }) => {
      const workQueueId = await chosenQueueId(ctx, body.work_pool_name, body.work_queue_name);
      const { flowRun, state, created } = await createFlowRun(ctx, {
        flowId: body.flow_id,
        state: body.state ?? pending(),
        name: body.name ?? null,
        deploymentId: body.deployment_id ?? null,
        workQueueId,
        workQueueName: body.work_queue_name ?? null,
        flowVersion: body.flow_version ?? null,
        parameters: body.parameters,
        idempotencyKey: body.idempotency_key ?? null,
        context: body.context,
        empiricalPolicy: body.empirical_policy,
        tags: body.tags,
        labels: body.labels,
        createdBy: creatorOf(headers),
        infrastructureDocumentId: body.infrastructure_document_id ?? null,
        parentTaskRunId: body.parent_task_run_id ?? null,
        client,
        ...given(body.job_variables, (jobVariables) => ({ jobVariables })),
      });
      const alone: ShownFlowRun = { ...flowRun, state, workPoolId: null, workPoolName: null };
      const shown = flowRun.workQueueId === null ? alone : await readFlowRun(ctx, flowRun.id);
      return answer(flowRunToWire(shown ?? alone, nowMicros()), createdStatus(created));
    },
  });

const setStateRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/flow_runs/{id:uuid}/set_state',
    body: parametersBody({ state: proposedState, force: boolean.default(false) }),
    handle: async ({ body, client, param, receivedAt }) => {
      const flowRunId = param('id');
      const { state: proposed, force } = body;
      const outcome = await orException(
        setFlowRunState(ctx, { flowRunId, proposed, force, client }),
        `Flow run with id ${flowRunId} not found`,
      );
      return answerTransition(outcome, receivedAt);
    },
  });

/** What clients do with one flow run. */
export const flowRunRoutes = (ctx: Context): readonly Route[] => [
  createRoute(ctx),
  route({
    method: 'GET',
    path: '/flow_runs/{id:uuid}',
    handle: async ({ param }) => {
      const run = await readFlowRun(ctx, param('id'));
      return run === null
        ? refusal(404, 'Flow run not found')
        : answer(flowRunToWire(run, nowMicros()));
    },
  }),
  setStateRoute(ctx),
];

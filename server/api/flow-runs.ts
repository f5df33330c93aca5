import { jobVariablesCheck } from '#server/commands/flow-run/check-job-variables.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { deleteFlowRun } from '#server/commands/flow-run/delete-flow-run.ts';
import { resumeFlowRun } from '#server/commands/flow-run/resume-flow-run.ts';
import { runInputRules } from '#server/commands/flow-run/run-input-rules.ts';
import { updateFlowRun, updateFlowRunLabels } from '#server/commands/flow-run/update-flow-run.ts';
import { requireWorkQueue } from '#server/commands/work-queue/resolve-work-queue.ts';
import type { Context } from '#server/context.ts';
import { pending } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { nowMicros } from '#server/time.ts';

import { flowRunAnswer } from './answers/flow-run.ts';
import { transitionAnswer } from './answers/transition.ts';
import { parametersBody, wholeBody } from './body.ts';
import { creatorOf } from './creator.ts';
import { orException } from './not-found.ts';
import { answer, createdStatus, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { given } from './wire/filters/criteria.ts';
import { type ShownFlowRun, flowRunChanges, flowRunToWire, newFlowRun } from './wire/flow-run.ts';
import { boolean } from './wire/pydantic/scalar.ts';
import { dictionary, labels } from './wire/pydantic/shapes.ts';
import { proposedState } from './wire/state.ts';
import { answerTransition } from './wire/transition.ts';

/** The queue of a pool that a new run waits in; null when no pool was named, for then a queue is only a name. */
const chosenQueueId = async (
  ctx: Context,
  workPoolName: string | null | undefined,
  workQueueName: string | null | undefined,
): Promise<string | null> => {
  if (workPoolName === null || workPoolName === undefined || workPoolName === '') return null;
  const queue = await ctx.db.read(() => requireWorkQueue({ workPoolName, workQueueName }));
  return queue.id;
};

const createRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/flow_runs/',
    answers: flowRunAnswer,
    body: wholeBody(newFlowRun(ctx.settings)),
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
    answers: transitionAnswer,
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

const updateRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'PATCH',
    path: '/flow_runs/{id:uuid}',
    status: 204,
    body: wholeBody(flowRunChanges(ctx.settings)),
    handle: async ({ body, param }) => {
      await updateFlowRun(ctx, {
        flowRunId: param('id'),
        checkJobVariables: jobVariablesCheck(ctx),
        ...given(body.parameters, (parameters) => ({ parameters })),
        ...given(body.empirical_policy, (empiricalPolicy) => ({ empiricalPolicy })),
        ...given(body.tags, (tags) => ({ tags })),
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.flow_version === undefined ? {} : { flowVersion: body.flow_version }),
        ...(body.infrastructure_pid === undefined
          ? {}
          : { infrastructurePid: body.infrastructure_pid }),
        ...(body.job_variables === undefined ? {} : { jobVariables: body.job_variables }),
      });
      return noContent;
    },
  }),
  route({
    method: 'PATCH',
    path: '/flow_runs/{id:uuid}/labels',
    status: 204,
    body: wholeBody(labels),
    handle: async ({ body, param }) => {
      const flowRunId = param('id');
      await orException(
        updateFlowRunLabels(ctx, { flowRunId, labels: body }),
        `Flow run with id ${flowRunId} not found`,
      );
      return noContent;
    },
  }),
];

const resumeRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/flow_runs/{id:uuid}/resume',
    answers: transitionAnswer,
    body: parametersBody({ run_input: dictionary.optional() }),
    handle: async ({ body: { run_input: runInput = null }, client, param, receivedAt }) => {
      const flowRunId = param('id');
      const outcome = await orException(
        resumeFlowRun(ctx, { flowRunId, runInput, rules: runInputRules, client }),
        `Flow run with id ${flowRunId} not found`,
      );
      return answerTransition(outcome, receivedAt);
    },
  });

/** What clients do with one flow run. */
export const flowRunRoutes = (ctx: Context): readonly Route[] => [
  createRoute(ctx),
  ...updateRoutes(ctx),
  route({
    method: 'GET',
    path: '/flow_runs/{id:uuid}',
    answers: flowRunAnswer,
    handle: async ({ param }) => {
      const run = await readFlowRun(ctx, param('id'));
      return run === null
        ? refusal(404, 'Flow run not found')
        : answer(flowRunToWire(run, nowMicros()));
    },
  }),
  route({
    method: 'DELETE',
    path: '/flow_runs/{id:uuid}',
    status: 204,
    handle: async ({ param }) => {
      await deleteFlowRun(ctx, { flowRunId: param('id') });
      return noContent;
    },
  }),
  resumeRoute(ctx),
  setStateRoute(ctx),
];

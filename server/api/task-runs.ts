import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { deleteTaskRun } from '#server/commands/task-run/delete-task-run.ts';
import { updateTaskRun } from '#server/commands/task-run/update-task-run.ts';
import type { Context } from '#server/context.ts';
import { pending } from '#server/orchestration/proposals.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { readTaskRun } from '#server/queries/task-run/read-task-run.ts';
import { nowMicros } from '#server/time.ts';

import { taskRunAnswer } from './answers/task-run.ts';
import { transitionAnswer } from './answers/transition.ts';
import { parametersBody, wholeBody } from './body.ts';
import { orDetail, orException } from './not-found.ts';
import { answer, createdStatus, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { given } from './wire/filters/criteria.ts';
import { boolean } from './wire/pydantic/scalar.ts';
import { proposedState } from './wire/state.ts';
import { newTaskRun, taskRunChanges, taskRunToWire } from './wire/task-run.ts';
import { answerTransition } from './wire/transition.ts';

const createRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/task_runs/',
    answers: taskRunAnswer,
    body: wholeBody(newTaskRun(ctx.settings.tasks.maxCacheKeyLength)),
    handle: async ({ body }) => {
      const { taskRun, state, created } = await createTaskRun(ctx, {
        taskKey: body.task_key,
        dynamicKey: body.dynamic_key,
        state: body.state ?? pending(),
        name: body.name ?? null,
        flowRunId: body.flow_run_id ?? null,
        cacheKey: body.cache_key ?? null,
        cacheExpiration: body.cache_expiration ?? null,
        taskVersion: body.task_version ?? null,
        empiricalPolicy: body.empirical_policy,
        taskInputs: body.task_inputs,
        tags: body.tags,
        labels: body.labels,
        ...given(body.id, (id) => ({ id })),
      });
      return answer(taskRunToWire({ ...taskRun, state }, nowMicros()), createdStatus(created));
    },
  });

const setStateRoute = (ctx: Context): Route =>
  route({
    method: 'POST',
    path: '/task_runs/{id:uuid}/set_state',
    answers: transitionAnswer,
    body: parametersBody({ state: proposedState, force: boolean.default(false) }),
    handle: async ({ body, client, param, receivedAt }) => {
      const taskRunId = param('id');
      const { state: proposed, force } = body;
      const outcome = await orException(
        setTaskRunState(ctx, { taskRunId, proposed, force, client }),
        `Task run with id ${taskRunId} not found`,
      );
      return answerTransition(outcome, receivedAt);
    },
  });

/** What clients do with one task run. */
export const taskRunRoutes = (ctx: Context): readonly Route[] => [
  createRoute(ctx),
  route({
    method: 'PATCH',
    path: '/task_runs/{id:uuid}',
    status: 204,
    body: wholeBody(taskRunChanges),
    handle: async ({ body, param }) => {
      await updateTaskRun(ctx, {
        taskRunId: param('id'),
        ...given(body.name, (name) => ({ name })),
      });
      return noContent;
    },
  }),
  route({
    method: 'GET',
    path: '/task_runs/{id:uuid}',
    answers: taskRunAnswer,
    handle: async ({ param }) => {
      const run = await readTaskRun(ctx, param('id'));
      return run === null
        ? refusal(404, 'Task not found')
        : answer(taskRunToWire(run, nowMicros()));
    },
  }),
  route({
    method: 'DELETE',
    path: '/task_runs/{id:uuid}',
    status: 204,
    handle: async ({ param }) => {
      await orDetail(deleteTaskRun(ctx, { taskRunId: param('id') }), 'Task not found');
      return noContent;
    },
  }),
  setStateRoute(ctx),
];

import { z } from 'zod';

import { createDeployment } from '#server/commands/deployment/create-deployment.ts';
import {
  deleteDeployment,
  deleteDeployments,
} from '#server/commands/deployment/delete-deployment.ts';
import { pauseDeployment, resumeDeployment } from '#server/commands/deployment/pause-deployment.ts';
import { updateDeployment } from '#server/commands/deployment/update-deployment.ts';
import type { Context } from '#server/context.ts';
import {
  countDeployments,
  filterDeployments,
} from '#server/queries/deployment/filter-deployments.ts';
import {
  readDeployment,
  readDeploymentByName,
} from '#server/queries/deployment/read-deployment.ts';

import {
  deploymentAnswer,
  deploymentBulkDeleteAnswer,
  deploymentPaginationAnswer,
} from './answers/deployment.ts';
import { countAnswer } from './answers/parts.ts';
import { parametersBody, wholeBody } from './body.ts';
import { deploymentRunRoutes } from './deployment-runs.ts';
import { deploymentScheduleRoutes } from './deployment-schedules.ts';
import { bulkLimit, limit, limitWithin, offset, pageNumber, pageToWire } from './page.ts';
import { type Reply, answer, createdStatus, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import {
  deploymentChanges,
  deploymentSort,
  deploymentToWire,
  newDeployment,
} from './wire/deployment.ts';
import { deploymentFilter } from './wire/filters/deployment-filter.ts';
import { deploymentScope, queueScopeShape } from './wire/filters/scope.ts';

type Shown = Parameters<typeof deploymentToWire>[0];

const answerDeployment = (deployment: Shown | null, status = 200): Reply =>
  deployment === null
    ? refusal(404, 'Deployment not found')
    : answer(deploymentToWire(deployment), status);

const readRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/deployments/name/{flow_name}/{deployment_name}',
    answers: deploymentAnswer,
    handle: async ({ param }) =>
      answerDeployment(
        await readDeploymentByName(ctx, {
          flowName: param('flow_name'),
          name: param('deployment_name'),
        }),
      ),
  }),
  route({
    method: 'GET',
    path: '/deployments/{id:uuid}',
    answers: deploymentAnswer,
    handle: async ({ param }) => answerDeployment(await readDeployment(ctx, param('id'))),
  }),
];

const writeRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/deployments/',
    answers: deploymentAnswer,
    body: wholeBody(newDeployment(ctx.settings)),
    handle: async ({ body }) => {
      const { deployment, isCreated } = await createDeployment(ctx, body);
      return answerDeployment(await readDeployment(ctx, deployment.id), createdStatus(isCreated));
    },
  }),
  route({
    method: 'PATCH',
    path: '/deployments/{id:uuid}',
    status: 204,
    body: wholeBody(deploymentChanges(ctx.settings)),
    handle: async ({ body, param }) => {
      await updateDeployment(ctx, { id: param('id'), changes: body });
      return noContent;
    },
  }),
  route({
    method: 'DELETE',
    path: '/deployments/{id:uuid}',
    status: 204,
    handle: async ({ param }) => {
      await deleteDeployment(ctx, param('id'));
      return noContent;
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/{id:uuid}/pause_deployment',
    handle: async ({ param }) => {
      await pauseDeployment(ctx, param('id'));
      return answer(null);
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/{id:uuid}/resume_deployment',
    handle: async ({ param }) => {
      await resumeDeployment(ctx, param('id'));
      return answer(null);
    },
  }),
];

const listRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/deployments/filter',
    answers: z.array(deploymentAnswer),
    body: parametersBody({ limit, offset, ...queueScopeShape, sort: deploymentSort }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const page = { limit: size, offset: body.offset };
      const filter = deploymentScope(body);
      const deployments = await filterDeployments(ctx, { filter, sort: body.sort, page });
      return answer(deployments.map(deploymentToWire));
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/paginate',
    answers: deploymentPaginationAnswer,
    body: parametersBody({ limit, page: pageNumber, ...queueScopeShape, sort: deploymentSort }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const filter = deploymentScope(body);
      const page = { limit: size, offset: (body.page - 1) * size };
      const [deployments, count] = await Promise.all([
        filterDeployments(ctx, { filter, sort: body.sort, page }),
        countDeployments(ctx, { filter }),
      ]);
      const numbered = { limit: size, page: body.page };
      return answer(pageToWire(deployments.map(deploymentToWire), count, numbered));
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/count',
    answers: countAnswer,
    body: parametersBody(queueScopeShape),
    handle: async ({ body }) =>
      answer(await countDeployments(ctx, { filter: deploymentScope(body) })),
  }),
  route({
    method: 'POST',
    path: '/deployments/bulk_delete',
    answers: deploymentBulkDeleteAnswer,
    body: parametersBody({ deployments: deploymentFilter.optional(), limit: bulkLimit }),
    handle: async ({ body }) => {
      const page = { limit: body.limit, offset: 0 };
      const filter = body.deployments ?? {};
      const found = await filterDeployments(ctx, { filter, sort: 'NAME_ASC', page });
      const ids = found.map(({ id }) => id);
      return answer({ deleted: await deleteDeployments(ctx, ids) });
    },
  }),
];

/** What clients ask about deployments. */
export const deploymentRoutes = (ctx: Context): readonly Route[] => [
  ...readRoutes(ctx),
  ...listRoutes(ctx),
  ...deploymentRunRoutes(ctx),
  ...deploymentScheduleRoutes(ctx),
  ...writeRoutes(ctx),
];

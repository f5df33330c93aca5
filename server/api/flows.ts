import { z } from 'zod';

import { createFlow } from '#server/commands/flow/create-flow.ts';
import { deleteFlow, deleteFlows } from '#server/commands/flow/delete-flow.ts';
import { updateFlow } from '#server/commands/flow/update-flow.ts';
import type { Context } from '#server/context.ts';
import { countFlows, filterFlows } from '#server/queries/flow/filter-flows.ts';
import { readFlow, readFlowByName } from '#server/queries/flow/read-flow.ts';

import { flowAnswer, flowBulkDeleteAnswer, flowPaginationAnswer } from './answers/flow.ts';
import { countAnswer } from './answers/parts.ts';
import { parametersBody, wholeBody } from './body.ts';
import { bulkLimit, limit, limitWithin, offset, pageNumber, pageToWire } from './page.ts';
import { type Reply, answer, createdStatus, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { flowFilter } from './wire/filters/flow-filter.ts';
import { flowScope, poolScopeShape } from './wire/filters/scope.ts';
import { flowChanges, flowSort, flowToWire, newFlow } from './wire/flow.ts';

const answerFlow = (flow: Parameters<typeof flowToWire>[0] | null): Reply =>
  flow === null ? refusal(404, 'Flow not found') : answer(flowToWire(flow));

const singleRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/flows/',
    answers: flowAnswer,
    body: wholeBody(newFlow),
    handle: async ({ body: { name, tags, labels } }) => {
      const { flow, isCreated } = await createFlow(ctx, { name, tags, labels });
      return answer(flowToWire(flow), createdStatus(isCreated));
    },
  }),
  route({
    method: 'PATCH',
    path: '/flows/{id:uuid}',
    status: 204,
    body: wholeBody(flowChanges),
    handle: async ({ body, param }) => {
      await updateFlow(ctx, { id: param('id'), changes: body });
      return noContent;
    },
  }),
  route({
    method: 'GET',
    path: '/flows/name/{name}',
    answers: flowAnswer,
    handle: async ({ param }) => answerFlow(await readFlowByName(ctx, param('name'))),
  }),
  route({
    method: 'GET',
    path: '/flows/{id:uuid}',
    answers: flowAnswer,
    handle: async ({ param }) => answerFlow(await readFlow(ctx, param('id'))),
  }),
  route({
    method: 'DELETE',
    path: '/flows/{id:uuid}',
    status: 204,
    handle: async ({ param }) => {
      await deleteFlow(ctx, param('id'));
      return noContent;
    },
  }),
];

const listRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/flows/count',
    answers: countAnswer,
    body: parametersBody(poolScopeShape),
    handle: async ({ body }) => answer(await countFlows(ctx, { filter: flowScope(body) })),
  }),
  route({
    method: 'POST',
    path: '/flows/filter',
    answers: z.array(flowAnswer),
    body: parametersBody({ limit, offset, ...poolScopeShape, sort: flowSort }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const page = { limit: size, offset: body.offset };
      const flows = await filterFlows(ctx, { filter: flowScope(body), sort: body.sort, page });
      return answer(flows.map(flowToWire));
    },
  }),
  route({
    method: 'POST',
    path: '/flows/paginate',
    answers: flowPaginationAnswer,
    body: parametersBody({ limit, page: pageNumber, ...poolScopeShape, sort: flowSort }),
    handle: async ({ body }) => {
      const size = limitWithin(body.limit, ctx.settings.api.defaultLimit);
      const filter = flowScope(body);
      const page = { limit: size, offset: (body.page - 1) * size };
      const [flows, count] = await Promise.all([
        filterFlows(ctx, { filter, sort: body.sort, page }),
        countFlows(ctx, { filter }),
      ]);
      return answer(pageToWire(flows.map(flowToWire), count, { limit: size, page: body.page }));
    },
  }),
  route({
    method: 'POST',
    path: '/flows/bulk_delete',
    answers: flowBulkDeleteAnswer,
    body: parametersBody({ flows: flowFilter.optional(), limit: bulkLimit }),
    handle: async ({ body }) => {
      const page = { limit: body.limit, offset: 0 };
      const found = await filterFlows(ctx, { filter: body.flows ?? {}, sort: 'NAME_ASC', page });
      return answer({
        deleted: await deleteFlows(
          ctx,
          found.map(({ id }) => id),
        ),
      });
    },
  }),
];

/** What clients ask about flows. */
export const flowRoutes = (ctx: Context): readonly Route[] => [
  ...singleRoutes(ctx),
  ...listRoutes(ctx),
];

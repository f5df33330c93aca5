import type { Flow as FlowRow } from '#prisma/client/sqlite/client.ts';

import { builder } from '../builder.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { DeploymentConnection } from '../deployment/object.ts';
import { FLOW_RUNS } from '../flow-run/list.ts';
import { FlowRun } from '../flow-run/object.ts';
import { resolveConnection, resolveFirst } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { DeploymentFilter } from '../shared/entity-filters.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { DeploymentOrder } from '../shared/orders.ts';
import { objectIn, textsIn } from '../shared/values.ts';

export const Flow = builder.prismaObject('Flow', {
  description: 'A workflow, known by its name.',
  interfaces: [Resource, Node],
  select: { id: true },
  // oxlint-disable-next-line max-lines-per-function -- a list of fields, not a procedure
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (flow) => `prefect.flow.${flow.id}`,
    }),
    name: t.exposeString('name', { description: 'Its name, which no other flow has.' }),
    tags: t.stringList({
      description: 'Its tags.',
      select: { tags: true },
      resolve: (flow) => textsIn(flow.tags),
    }),
    labels: t.field({
      type: 'JSONObject',
      description: 'Its labels.',
      select: { labels: true },
      resolve: (flow) => objectIn(flow.labels),
    }),
    deployments: t.field({
      type: DeploymentConnection,
      description: 'Its deployments.',
      args: {
        filter: t.arg({ type: DeploymentFilter, description: FILTER }),
        orderBy: t.arg({ type: [DeploymentOrder], description: ORDER }),
        ...pageArguments(),
      },
      resolve: (flow, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: DEPLOYMENTS,
          args,
          within: { flow: { id: { in: [flow.id] } } },
        }),
    }),
    lastRun: t.field({
      type: FlowRun,
      nullable: true,
      description: 'The run that started last.',
      resolve: (flow, _args, ctx, info) =>
        resolveFirst(ctx, info, {
          source: FLOW_RUNS,
          within: { flowId: { in: [flow.id] }, startTime: { isNull: false } },
          orderBy: [{ field: 'EXPECTED_START_TIME', direction: 'DESC' }],
        }),
    }),
    nextRun: t.field({
      type: FlowRun,
      nullable: true,
      description: 'The run that will be started next.',
      resolve: (flow, _args, ctx, info) =>
        resolveFirst(ctx, info, {
          source: FLOW_RUNS,
          within: {
            flowId: { in: [flow.id] },
            state: { type: { in: ['SCHEDULED'] } },
            nextScheduledStartTime: { isNull: false },
          },
          orderBy: [{ field: 'NEXT_SCHEDULED_START_TIME', direction: 'ASC' }],
        }),
    }),
  }),
});

export const FlowConnection = defineConnection<FlowRow>({ name: 'Flow', plural: 'flows' }, Flow);

import type { WorkQueue as WorkQueueRow } from '#prisma/client/sqlite/client.ts';
import { isJsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { DeploymentConnection } from '../deployment/object.ts';
import { countFlowRunsOf, holdingSlotsOfQueue } from '../shared/active-slots.ts';
import { resolveConnection } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { DeploymentFilter } from '../shared/entity-filters.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { FILTER, pageArguments } from '../shared/list-arguments.ts';
import { ConcurrencyStatus } from '../work-pool/concurrency-status.ts';
import { WorkQueueHealth } from './health.ts';

export const WorkQueueStatus = builder.enumType('WorkQueueStatus', {
  description: 'Whether somebody takes the runs of a work queue.',
  values: {
    READY: { description: 'Somebody asked for its runs a short while ago.' },
    NOT_READY: { description: 'Nobody has asked for its runs for a while.' },
    PAUSED: { description: 'It gives out no runs.' },
  },
});

export const WorkQueue = builder.prismaObject('WorkQueue', {
  description: 'A line of runs in a work pool.',
  interfaces: [Resource, Node],
  select: { id: true },
  // oxlint-disable-next-line max-lines-per-function -- a list of fields, not a procedure
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (queue) => `prefect.work-queue.${queue.id}`,
    }),
    name: t.exposeString('name', { description: 'Its name, which no other of its pool has.' }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    isPaused: t.exposeBoolean('isPaused', { description: 'Whether it gives out no runs.' }),
    status: t.field({
      type: WorkQueueStatus,
      description: 'Whether somebody takes its runs.',
      select: { status: true, isPaused: true },
      resolve: ({ status, isPaused }) => {
        if (isPaused) return 'PAUSED';
        return status === 'READY' ? 'READY' : 'NOT_READY';
      },
    }),
    priority: t.exposeInt('priority', { description: 'Its place among the queues; 1 is first.' }),
    concurrencyLimit: t.exposeInt('concurrencyLimit', {
      nullable: true,
      description: 'How many of its runs may go on at once.',
    }),
    activeSlots: t.int({
      description: 'How many of its runs go on now.',
      resolve: (queue, _args, ctx, info) =>
        countFlowRunsOf(ctx, info, holdingSlotsOfQueue(queue.id)),
    }),
    concurrencyStatus: t.field({
      type: ConcurrencyStatus,
      description: 'Who holds its slots.',
      select: { concurrencyLimit: true },
      resolve: ({ id, concurrencyLimit: limit }) => ({ limit, holding: holdingSlotsOfQueue(id) }),
    }),
    health: t.field({
      type: WorkQueueHealth,
      description: 'Whether its runs are taken in time.',
      select: { lastPolled: true },
      resolve: (queue) => queue,
    }),
    lastPolled: t.expose('lastPolled', {
      type: 'DateTime',
      nullable: true,
      description: 'When somebody last asked for its runs.',
    }),
    legacyFilter: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What queues of old chose their runs by.',
      select: { filter: true },
      resolve: ({ filter }) => (isJsonObject(filter) ? filter : null),
    }),
    workPool: t.relation('workPool', { description: 'Its work pool.' }),
    deployments: t.field({
      type: DeploymentConnection,
      description: 'The deployments whose runs wait in it.',
      args: { filter: t.arg({ type: DeploymentFilter, description: FILTER }), ...pageArguments() },
      resolve: (queue, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: DEPLOYMENTS,
          args,
          within: { workQueue: { id: { in: [queue.id] } } },
        }),
    }),
  }),
});

export const WorkQueueConnection = defineConnection<WorkQueueRow>(
  { name: 'WorkQueue', plural: 'work queues' },
  WorkQueue,
);

import type { WorkPool as WorkPoolRow } from '#prisma/client/sqlite/client.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { DEPLOYMENTS } from '../deployment/list.ts';
import { Deployment, DeploymentConnection } from '../deployment/object.ts';
import { FlowRun } from '../flow-run/object.ts';
import { countFlowRunsOf, holdingSlotsOfPool } from '../shared/active-slots.ts';
import { resolveConnection } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { DeploymentFilter, WorkQueueFilter, WorkerFilter } from '../shared/entity-filters.ts';
import { WorkPoolStatus } from '../shared/enums.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { FILTER, pageArguments } from '../shared/list-arguments.ts';
import { objectIn } from '../shared/values.ts';
import { WORK_QUEUES } from '../work-queue/list.ts';
import { WorkQueueConnection } from '../work-queue/object.ts';
import { WORKERS } from '../worker/list.ts';
import { WorkerConnection } from '../worker/object.ts';
import { ConcurrencyStatus } from './concurrency-status.ts';

const stepOf = (storage: JsonObject, key: string): JsonObject | null =>
  isJsonObject(storage[key]) ? storage[key] : null;

export const WorkPoolStorage = builder.objectRef<JsonObject>('WorkPoolStorage').implement({
  description: 'Where bundles of code and results of a work pool are kept.',
  fields: (t) => ({
    bundleUploadStep: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'How a bundle is brought there.',
      resolve: (storage) => stepOf(storage, 'bundle_upload_step'),
    }),
    bundleExecutionStep: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'How a bundle is run from there.',
      resolve: (storage) => stepOf(storage, 'bundle_execution_step'),
    }),
  }),
});

export const WorkPool = builder.prismaObject('WorkPool', {
  description: 'Runs that wait for workers of one kind of infrastructure.',
  interfaces: [Resource, Node],
  select: { id: true },
  // oxlint-disable-next-line max-lines-per-function -- a list of fields, not a procedure
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (pool) => `prefect.work-pool.${pool.id}`,
    }),
    name: t.exposeString('name', { description: 'Its name, which no other pool has.' }),
    type: t.exposeString('type', {
      description: 'The kind of its infrastructure, such as process or kubernetes.',
    }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    isPaused: t.exposeBoolean('isPaused', { description: 'Whether it gives out no runs.' }),
    status: t.field({
      type: WorkPoolStatus,
      description: 'Whether somebody takes its runs.',
      select: { status: true, isPaused: true },
      resolve: ({ status, isPaused }) => {
        if (isPaused) return 'PAUSED';
        return status === 'READY' ? 'READY' : 'NOT_READY';
      },
    }),
    baseJobTemplate: t.field({
      type: 'JSONObject',
      description: 'What its infrastructure is made from, with the schema of its variables.',
      select: { baseJobTemplate: true },
      resolve: (pool) => objectIn(pool.baseJobTemplate),
    }),
    concurrencyLimit: t.exposeInt('concurrencyLimit', {
      nullable: true,
      description: 'How many of its runs may go on at once.',
    }),
    activeSlots: t.int({
      description: 'How many of its runs go on now.',
      resolve: (pool, _args, ctx, info) => countFlowRunsOf(ctx, info, holdingSlotsOfPool(pool.id)),
    }),
    concurrencyStatus: t.field({
      type: ConcurrencyStatus,
      description: 'Who holds its slots.',
      select: { concurrencyLimit: true },
      resolve: ({ id, concurrencyLimit: limit }) => ({ limit, holding: holdingSlotsOfPool(id) }),
    }),
    storage: t.field({
      type: WorkPoolStorage,
      description: 'Where its bundles and results are kept.',
      select: { storageConfiguration: true },
      resolve: (pool) => objectIn(pool.storageConfiguration),
    }),
    defaultQueue: t.relation('defaultQueue', {
      nullable: true,
      description: 'The queue of runs that name none.',
    }),
    queues: t.field({
      type: WorkQueueConnection,
      description: 'Its queues, by priority.',
      args: { filter: t.arg({ type: WorkQueueFilter, description: FILTER }), ...pageArguments() },
      resolve: (pool, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: WORK_QUEUES,
          args,
          within: { workPool: { id: { in: [pool.id] } } },
        }),
    }),
    workers: t.field({
      type: WorkerConnection,
      description: 'Its workers, the one last heard of first.',
      args: { filter: t.arg({ type: WorkerFilter, description: FILTER }), ...pageArguments() },
      resolve: (pool, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: WORKERS,
          args,
          within: { workPoolId: { in: [pool.id] } },
        }),
    }),
    deployments: t.field({
      type: DeploymentConnection,
      description: 'The deployments whose runs wait in it.',
      args: { filter: t.arg({ type: DeploymentFilter, description: FILTER }), ...pageArguments() },
      resolve: (pool, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: DEPLOYMENTS,
          args,
          within: { workPool: { id: { in: [pool.id] } } },
        }),
    }),
  }),
});

export const WorkPoolConnection = defineConnection<WorkPoolRow>(
  { name: 'WorkPool', plural: 'work pools' },
  WorkPool,
);

builder.prismaObjectField(FlowRun, 'workPool', (t) =>
  t.field({
    type: WorkPool,
    nullable: true,
    description: 'The work pool of its queue.',
    select: (_args, _ctx, nested) => ({ workQueue: { select: { workPool: nested(true) } } }),
    resolve: (run) => run.workQueue?.workPool ?? null,
  }),
);

builder.prismaObjectField(Deployment, 'workPool', (t) =>
  t.field({
    type: WorkPool,
    nullable: true,
    description: 'The work pool of its queue.',
    select: (_args, _ctx, nested) => ({ workQueue: { select: { workPool: nested(true) } } }),
    resolve: (deployment) => deployment.workQueue?.workPool ?? null,
  }),
);

import type { FlowRun as FlowRunRow } from '#prisma/client/sqlite/client.ts';
import { selectTaskRuns } from '#server/queries/task-run/task-run-selection.ts';

import { ARTIFACTS } from '../artifact/list.ts';
import { ArtifactConnection } from '../artifact/object.ts';
import { builder } from '../builder.ts';
import { LOGS } from '../log/list.ts';
import { LogConnection } from '../log/object.ts';
import { resolveConnection } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import {
  ArtifactFilter,
  FlowRunFilter,
  LogFilter,
  TaskRunFilter,
} from '../shared/entity-filters.ts';
import { Node, Resource } from '../shared/interfaces.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { LogOrder, TaskRunOrder } from '../shared/orders.ts';
import { RunAggregate, aggregateRuns } from '../shared/run-aggregate.ts';
import { Run, runFields } from '../shared/run.ts';
import { toFilter } from '../shared/to-filter.ts';
import { Actor, actorIn, objectIn } from '../shared/values.ts';
import { StateConnection } from '../state/connection.ts';
import { FLOW_RUN_STATES } from '../state/list.ts';
import { TASK_RUNS } from '../task-run/list.ts';
import { TaskRunConnection } from '../task-run/object.ts';
import { FLOW_RUNS } from './list.ts';

export const FlowRun = builder.prismaObject('FlowRun', {
  description: 'A run of a flow.',
  interfaces: [Run, Resource, Node],
  select: { id: true },
  // oxlint-disable-next-line max-lines-per-function -- a list of fields, not a procedure
  fields: (t) => ({
    // The builder that `select` gives is the one these fields are written for, with a narrower row.
    ...runFields('flowRun', t as never),
    flow: t.relation('flow', { description: 'Its flow.' }),
    flowVersion: t.exposeString('flowVersion', {
      nullable: true,
      description: 'The version of its flow.',
    }),
    deployment: t.relation('deployment', {
      nullable: true,
      description: 'The deployment it was made from.',
    }),
    deploymentVersion: t.exposeString('deploymentVersion', {
      nullable: true,
      description: 'The version of that deployment.',
    }),
    workQueue: t.relation('workQueue', {
      nullable: true,
      description: 'The work queue it waits in, or was taken from.',
    }),
    parameters: t.field({
      type: 'JSONObject',
      description: 'What its flow is called with.',
      select: { parameters: true },
      resolve: (run) => objectIn(run.parameters),
    }),
    context: t.field({
      type: 'JSONObject',
      description: 'Notes of whoever made it.',
      select: { context: true },
      resolve: (run) => objectIn(run.context),
    }),
    jobVariables: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What it changes of its infrastructure.',
      select: { jobVariables: true },
      resolve: (run) => (run.jobVariables === null ? null : objectIn(run.jobVariables)),
    }),
    idempotencyKey: t.exposeString('idempotencyKey', {
      nullable: true,
      description: 'The key that keeps it from being made twice.',
    }),
    parentTaskRun: t.relation('parentTaskRun', {
      nullable: true,
      description: 'The task run that stands for it in the flow run it was called from.',
    }),
    autoScheduled: t.exposeBoolean('autoScheduled', {
      description: 'Whether a schedule made it.',
    }),
    infrastructurePid: t.exposeString('infrastructurePid', {
      nullable: true,
      description: 'What names the infrastructure it runs on.',
    }),
    infrastructureDocument: t.relation('infrastructureDocument', {
      nullable: true,
      description: 'The block that it runs on.',
    }),
    createdBy: t.field({
      type: Actor,
      nullable: true,
      description: 'Who made it.',
      select: { createdBy: true },
      resolve: (run) => actorIn(run.createdBy),
    }),
    logsDownloadUrl: t.string({
      description: 'Where its whole log can be downloaded as CSV.',
      resolve: (run, _args, ctx) =>
        `${ctx.server.settings.api.basePath ?? '/api'}/flow_runs/${run.id}/logs/download`,
    }),
    states: t.field({
      type: StateConnection,
      description: 'The states it has been in, oldest first.',
      args: pageArguments(),
      resolve: (run, args, ctx, info) =>
        resolveConnection(ctx, info, { source: FLOW_RUN_STATES, args, within: { runId: run.id } }),
    }),
    logs: t.field({
      type: LogConnection,
      description: 'What it and its task runs wrote to its log.',
      args: {
        filter: t.arg({ type: LogFilter, description: FILTER }),
        orderBy: t.arg({ type: LogOrder, description: ORDER }),
        ...pageArguments(),
      },
      resolve: (run, { orderBy, ...args }, ctx, info) =>
        resolveConnection(ctx, info, {
          source: LOGS,
          args: { ...args, orderBy: orderBy ? [orderBy] : null },
          within: { flowRunId: { in: [run.id] } },
        }),
    }),
    artifacts: t.field({
      type: ArtifactConnection,
      description: 'The artifacts it and its task runs made.',
      args: { filter: t.arg({ type: ArtifactFilter, description: FILTER }), ...pageArguments() },
      resolve: (run, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: ARTIFACTS,
          args,
          within: { flowRunId: { in: [run.id] } },
        }),
    }),
    taskRuns: t.field({
      type: TaskRunConnection,
      description: 'Its task runs.',
      args: {
        filter: t.arg({ type: TaskRunFilter, description: FILTER }),
        orderBy: t.arg({ type: [TaskRunOrder], description: ORDER }),
        ...pageArguments(),
      },
      resolve: (run, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: TASK_RUNS,
          args,
          within: { flowRunId: { in: [run.id] } },
        }),
    }),
    taskRunAggregate: t.field({
      type: RunAggregate,
      description: 'What its task runs amount to.',
      args: { filter: t.arg({ type: TaskRunFilter, description: FILTER }) },
      resolve: (run, { filter }, ctx, info) =>
        aggregateRuns(
          ctx,
          info,
          selectTaskRuns(ctx.server, {
            and: [{ flowRunId: { in: [run.id] } }, toFilter(filter)],
          }),
        ),
    }),
  }),
});

export const FlowRunConnection = defineConnection<FlowRunRow>(
  { name: 'FlowRun', plural: 'flow runs' },
  FlowRun,
);

builder.prismaObjectField(FlowRun, 'subflowRuns', (t) =>
  t.field({
    type: FlowRunConnection,
    description: 'The flow runs that were called from it.',
    args: { filter: t.arg({ type: FlowRunFilter, description: FILTER }), ...pageArguments() },
    resolve: (run, args, ctx, info) =>
      resolveConnection(ctx, info, {
        source: FLOW_RUNS,
        args,
        within: { parentFlowRunId: { in: [run.id] } },
      }),
  }),
);

builder.prismaObjectField(FlowRun, 'parentFlowRun', (t) =>
  t.field({
    type: FlowRun,
    nullable: true,
    description: 'The flow run it was called from.',
    select: (_args, _ctx, nested) => ({ parentTaskRun: { select: { flowRun: nested(true) } } }),
    resolve: (run) => run.parentTaskRun?.flowRun ?? null,
  }),
);

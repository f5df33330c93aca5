import type { TaskRun as TaskRunRow } from '#prisma/client/sqlite/client.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';

import { ARTIFACTS } from '../artifact/list.ts';
import { ArtifactConnection } from '../artifact/object.ts';
import { builder } from '../builder.ts';
import { LOGS } from '../log/list.ts';
import { LogConnection } from '../log/object.ts';
import { resolveConnection } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { ArtifactFilter, LogFilter } from '../shared/entity-filters.ts';
import { Node, Resource } from '../shared/interfaces.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { LogOrder } from '../shared/orders.ts';
import { Run, runFields } from '../shared/run.ts';
import { StateConnection } from '../state/connection.ts';
import { TASK_RUN_STATES } from '../state/list.ts';

interface InputShape {
  readonly name: string;
  readonly input: JsonObject;
}

const textOf = (input: JsonObject, key: string): string =>
  typeof input[key] === 'string' ? input[key] : '';

const NAME = 'The name of the parameter it was given to.';

const TaskRunResultInput = builder.objectRef<InputShape>('TaskRunResultInput').implement({
  description: 'A parameter that is the result of a task run.',
  fields: (t) => ({
    name: t.exposeString('name', { description: NAME }),
    taskRunId: t.id({
      description: 'The id of the task run.',
      resolve: ({ input }) => textOf(input, 'id'),
    }),
    taskRun: t.prismaField({
      type: 'TaskRun',
      nullable: true,
      description: 'The task run.',
      resolve: (query, { input }, _args, ctx) =>
        ctx.server.db.prisma.taskRun.findUnique({ ...query, where: { id: textOf(input, 'id') } }),
    }),
  }),
});

const FlowRunResultInput = builder.objectRef<InputShape>('FlowRunResultInput').implement({
  description: 'A parameter that is the result of a flow run.',
  fields: (t) => ({
    name: t.exposeString('name', { description: NAME }),
    flowRunId: t.id({
      description: 'The id of the flow run.',
      resolve: ({ input }) => textOf(input, 'id'),
    }),
    flowRun: t.prismaField({
      type: 'FlowRun',
      nullable: true,
      description: 'The flow run.',
      resolve: (query, { input }, _args, ctx) =>
        ctx.server.db.prisma.flowRun.findUnique({ ...query, where: { id: textOf(input, 'id') } }),
    }),
  }),
});

const ParameterTaskInput = builder.objectRef<InputShape>('ParameterTaskInput').implement({
  description: 'A parameter that is one of the flow.',
  fields: (t) => ({
    name: t.exposeString('name', { description: NAME }),
    parameter: t.string({
      description: 'The name of the parameter of the flow.',
      resolve: ({ input }) => textOf(input, 'name'),
    }),
  }),
});

const ConstantTaskInput = builder.objectRef<InputShape>('ConstantTaskInput').implement({
  description: 'A parameter that is a constant.',
  fields: (t) => ({
    name: t.exposeString('name', { description: NAME }),
    type: t.string({
      description: 'The type of the constant.',
      resolve: ({ input }) => textOf(input, 'type'),
    }),
  }),
});

const INPUT_TYPES: Readonly<Record<string, string>> = {
  task_run: 'TaskRunResultInput',
  flow_run: 'FlowRunResultInput',
  parameter: 'ParameterTaskInput',
};

const TaskInput = builder.unionType('TaskInput', {
  description: 'Where a parameter of a task run came from.',
  types: [TaskRunResultInput, FlowRunResultInput, ParameterTaskInput, ConstantTaskInput],
  resolveType: ({ input }) => INPUT_TYPES[textOf(input, 'input_type')] ?? 'ConstantTaskInput',
});

const inputsOf = (column: unknown): InputShape[] =>
  isJsonObject(column)
    ? Object.entries(column).flatMap(([name, inputs]) =>
        (Array.isArray(inputs) ? inputs : [])
          .filter(isJsonObject)
          .map((input) => ({ name, input })),
      )
    : [];

export const TaskRun = builder.prismaObject('TaskRun', {
  description: 'A run of a task.',
  interfaces: [Run, Resource, Node],
  select: { id: true },
  // oxlint-disable-next-line max-lines-per-function -- a list of fields, not a procedure
  fields: (t) => ({
    // The columns of both kinds of run that these fields use are the same.
    ...runFields('taskRun', t as never),
    flowRunRunCount: t.exposeInt('flowRunRunCount', {
      description: 'Which start of its flow run it belongs to.',
    }),
    taskKey: t.exposeString('taskKey', { description: 'What names its task.' }),
    dynamicKey: t.exposeString('dynamicKey', {
      description: 'What tells it from other runs of its task in the same flow run.',
    }),
    cacheKey: t.exposeString('cacheKey', {
      nullable: true,
      description: 'The key under which its result is kept for others.',
    }),
    cacheExpiration: t.expose('cacheExpiration', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when that result is good.',
    }),
    taskVersion: t.exposeString('taskVersion', {
      nullable: true,
      description: 'The version of its task.',
    }),
    taskInputs: t.field({
      type: [TaskInput],
      description: 'Where its parameters came from.',
      select: { taskInputs: true },
      resolve: (run) => inputsOf(run.taskInputs),
    }),
    flowRun: t.relation('flowRun', { nullable: true, description: 'The flow run it is part of.' }),
    states: t.field({
      type: StateConnection,
      description: 'The states it has been in, oldest first.',
      args: pageArguments(),
      select: { id: true },
      resolve: (run, args, ctx, info) =>
        resolveConnection(ctx, info, { source: TASK_RUN_STATES, args, within: { runId: run.id } }),
    }),
    logs: t.field({
      type: LogConnection,
      description: 'What it wrote to its log.',
      args: {
        filter: t.arg({ type: LogFilter, description: FILTER }),
        orderBy: t.arg({ type: LogOrder, description: ORDER }),
        ...pageArguments(),
      },
      select: { id: true },
      resolve: (run, { orderBy, ...args }, ctx, info) =>
        resolveConnection(ctx, info, {
          source: LOGS,
          args: { ...args, orderBy: orderBy ? [orderBy] : null },
          within: { taskRunId: { in: [run.id] } },
        }),
    }),
    artifacts: t.field({
      type: ArtifactConnection,
      description: 'The artifacts it made.',
      args: { filter: t.arg({ type: ArtifactFilter, description: FILTER }), ...pageArguments() },
      select: { id: true },
      resolve: (run, args, ctx, info) =>
        resolveConnection(ctx, info, {
          source: ARTIFACTS,
          args,
          within: { taskRunId: { in: [run.id] } },
        }),
    }),
  }),
});

export const TaskRunConnection = defineConnection<TaskRunRow>(
  { name: 'TaskRun', plural: 'task runs' },
  TaskRun,
);

import { sql } from 'kysely';

import type { FlowRunInput as FlowRunInputRow } from '#prisma/client/sqlite/client.ts';
import {
  createFlowRunInput,
  deleteFlowRunInput,
  readFlowRunInput,
} from '#server/commands/flow-run/flow-run-inputs.ts';
import type { JsonValue } from '#server/json.ts';
import { parseJson } from '#server/lossless-json.ts';
import { every, onId, onText } from '#server/queries/criteria.ts';
import type { IdFilter, TextFilter } from '#server/queries/filter-types.ts';

import { builder } from '../builder.ts';
import { AlreadyExists, InvalidInput, NotFound } from '../errors/classes.ts';
import { asQuery, byId } from '../shared/by-id.ts';
import { resolveConnection, resolveFirst } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { pageArguments } from '../shared/list-arguments.ts';
import type { ListSource } from '../shared/list-source.ts';
import { storedId } from '../shared/where-unique.ts';
import { FlowRun } from './object.ts';

interface InputFilter {
  readonly flowRunId?: IdFilter;
  readonly key?: TextFilter;
}

const id = sql.ref('flowRunInput.id');

export const FLOW_RUN_INPUTS: ListSource<InputFilter, FlowRunInputRow> = {
  typeName: 'FlowRunInput',
  table: 'flowRunInput',
  where: (words, { flowRunId, key }) =>
    every([
      ...onId(sql.ref<string>('flowRunInput.flowRunId'), flowRunId),
      ...onText(words, sql.ref<string>('flowRunInput.key'), key),
    ]),
  columns: { CREATED_AT: { by: sql.ref('flowRunInput.created'), isNullable: false } },
  defaultOrder: [{ field: 'CREATED_AT', direction: 'ASC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.flowRunInput.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

/** Clients store text, mostly of JSON; what is none is shown as it stands. */
const valueOf = (text: string): JsonValue => {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
};

export const FlowRunInput = builder.prismaObject('FlowRunInput', {
  description: 'Something that was handed to a flow run while it goes on.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (input) => `prefect.flow-run-input.${input.id}`,
    }),
    key: t.exposeString('key', { description: 'What names it within its flow run.' }),
    value: t.field({
      type: 'JSON',
      description: 'What was handed over.',
      select: { value: true },
      resolve: ({ value }) => valueOf(value),
    }),
    sender: t.exposeString('sender', { nullable: true, description: 'Who handed it over.' }),
  }),
});

const FlowRunInputConnection = defineConnection<FlowRunInputRow>(
  { name: 'FlowRunInput', plural: 'inputs of a flow run' },
  FlowRunInput,
);

builder.prismaObjectFields(FlowRun, (t) => ({
  input: t.field({
    type: FlowRunInput,
    nullable: true,
    description: 'What was handed to it under a key, or null.',
    args: { key: t.arg.string({ required: true, description: 'The key.' }) },
    resolve: (run, { key }, ctx, info) =>
      resolveFirst(ctx, info, {
        source: FLOW_RUN_INPUTS,
        within: { flowRunId: { in: [run.id] }, key: { in: [key] } },
        orderBy: FLOW_RUN_INPUTS.defaultOrder,
      }),
  }),
  inputs: t.field({
    type: FlowRunInputConnection,
    description: 'What was handed to it, the oldest first.',
    args: {
      prefix: t.arg.string({ description: 'Only keys that start with this.' }),
      excludeKeys: t.arg.stringList({ description: 'None of these keys.' }),
      ...pageArguments(),
    },
    resolve: (run, { prefix, excludeKeys, ...args }, ctx, info) =>
      resolveConnection(ctx, info, {
        source: FLOW_RUN_INPUTS,
        args,
        within: {
          flowRunId: { in: [run.id] },
          key: {
            ...(prefix ? { startsWith: [prefix] } : {}),
            ...(excludeKeys ? { notIn: excludeKeys } : {}),
          },
        },
      }),
  }),
}));

interface Named {
  readonly flowRunId: string;
  readonly key: string;
}

defineMutation('createFlowRunInput', {
  description: 'Hands something to a flow run while it goes on.',
  input: (t) => ({
    flowRunId: t.id({ required: true, description: 'The id of the flow run.' }),
    key: t.string({ required: true, description: 'What names it within the flow run.' }),
    value: t.field({ type: 'JSON', required: true, description: 'What is handed over.' }),
    sender: t.string({ description: 'Who hands it over.' }),
  }),
  payload: definePayload<Named>('createFlowRunInput', (t) => ({
    flowRunInput: t.prismaField({
      type: 'FlowRunInput',
      description: 'What was handed over.',
      resolve: (query, { flowRunId, key }, _args, ctx) =>
        ctx.server.db.prisma.flowRunInput.findUniqueOrThrow({
          ...query,
          where: { flowRunId_key: { flowRunId, key } },
        }),
    }),
  })),
  errors: [InvalidInput, NotFound, AlreadyExists],
  resolve: async ({ key, value, sender, ...input }, { server }) => {
    const flowRunId = storedId(input.flowRunId);
    await createFlowRunInput(server, {
      flowRunId,
      key,
      value: JSON.stringify(value),
      sender: sender ?? null,
    });
    return { flowRunId, key };
  },
});

defineDeletion('deleteFlowRunInput', {
  description: 'Takes back what was handed to a flow run.',
  input: (t) => ({
    flowRunId: t.id({ required: true, description: 'The id of the flow run.' }),
    key: t.string({ required: true, description: 'What names it within the flow run.' }),
  }),
  resolve: async ({ key, ...input }, { server }) => {
    const flowRunId = storedId(input.flowRunId);
    const found = await readFlowRunInput(server, { flowRunId, key });
    if (found === null)
      throw new NotFound('Flow run input not found', { typename: 'FlowRunInput', key });
    await deleteFlowRunInput(server, { flowRunId, key });
    return found.id;
  },
});

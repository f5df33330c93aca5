import type { GraphQLResolveInfo } from 'graphql';

import type { BlockDocument as BlockDocumentRow } from '#prisma/client/sqlite/client.ts';
import type { JsonObject } from '#server/json.ts';
import { readBlockData } from '#server/queries/block-document/read-block-documents.ts';

import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { batched } from '../shared/batch.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';

/** The data of a document together with that of its siblings: keys, references and schemas are read once for all. */
const dataOf = (
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  { id, includesSecrets }: { readonly id: string; readonly includesSecrets: boolean },
): Promise<JsonObject> =>
  batched<string, JsonObject>(ctx, info, {
    key: id,
    purpose: includesSecrets ? 'secrets' : 'masked',
    load: async (ids) => {
      const data = await readBlockData(ctx.server, { ids, includesSecrets });
      return ids.map((each) => data.get(each) ?? {});
    },
  });

const BlockReference = builder.prismaObject('BlockDocumentReference', {
  name: 'BlockReference',
  description: 'A field of a block document that holds another one.',
  select: { id: true },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the field.' }),
    blockDocument: t.relation('reference', { description: 'The block document it holds.' }),
  }),
});

export const BlockDocument = builder.prismaObject('BlockDocument', {
  description: 'A block: values for the fields of its type, kept under a name.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: ({ id }) => `prefect.block-document.${id}`,
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Its name, which no other document of its type has.',
    }),
    isAnonymous: t.exposeBoolean('isAnonymous', {
      description: 'Whether it was kept without a name of its own.',
    }),
    blockType: t.relation('blockType', { description: 'Its type.' }),
    blockSchema: t.relation('blockSchema', { description: 'The schema of its data.' }),
    data: t.field({
      type: 'JSONObject',
      description: 'Its values, with those of the documents it refers to in their places.',
      args: {
        includeSecrets: t.arg.boolean({
          defaultValue: false,
          description: 'Whether secrets are shown as they are instead of masked.',
        }),
      },
      resolve: ({ id }, { includeSecrets }, ctx, info) =>
        dataOf(ctx, info, { id, includesSecrets: includeSecrets ?? false }),
    }),
    references: t.field({
      type: [BlockReference],
      description: 'The documents it refers to.',
      select: (_args, _ctx, nested) => ({ references: nested({ orderBy: [{ id: 'asc' }] }) }),
      resolve: ({ references }) => references,
    }),
  }),
});

export const BlockDocumentConnection = defineConnection<BlockDocumentRow>(
  { name: 'BlockDocument', plural: 'block documents' },
  BlockDocument,
);

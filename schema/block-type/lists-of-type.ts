import { BlockDocumentFilter } from '../block-document/filters.ts';
import { BLOCK_DOCUMENTS } from '../block-document/list.ts';
import { BlockDocumentConnection } from '../block-document/object.ts';
import { BLOCK_SCHEMAS } from '../block-schema/list.ts';
import { BlockSchema, BlockSchemaConnection } from '../block-schema/object.ts';
import { builder } from '../builder.ts';
import { resolveConnection, resolveFirst } from '../shared/connection.ts';
import { FILTER, pageArguments } from '../shared/list-arguments.ts';
import { BlockType } from './object.ts';

builder.prismaObjectFields(BlockType, (t) => ({
  blockSchemas: t.field({
    type: BlockSchemaConnection,
    description: 'Its schemas, the newest first.',
    args: pageArguments(),
    resolve: ({ id }, args, ctx, info) =>
      resolveConnection(ctx, info, {
        source: BLOCK_SCHEMAS,
        args,
        within: { blockTypeId: { in: [id] } },
      }),
  }),
  latestSchema: t.field({
    type: BlockSchema,
    nullable: true,
    description: 'Its newest schema.',
    resolve: ({ id }, _args, ctx, info) =>
      resolveFirst(ctx, info, {
        source: BLOCK_SCHEMAS,
        within: { blockTypeId: { in: [id] } },
        orderBy: [{ field: 'CREATED_AT', direction: 'DESC' }],
      }),
  }),
  blockDocuments: t.field({
    type: BlockDocumentConnection,
    description: 'Its documents by name.',
    args: { filter: t.arg({ type: BlockDocumentFilter, description: FILTER }), ...pageArguments() },
    resolve: ({ id }, args, ctx, info) =>
      resolveConnection(ctx, info, {
        source: BLOCK_DOCUMENTS,
        args,
        within: { blockTypeId: { in: [id] } },
      }),
  }),
}));

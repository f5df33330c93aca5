import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { BlockDocumentOrder } from '../shared/orders.ts';
import { BlockDocumentFilter } from './filters.ts';
import { BLOCK_DOCUMENTS } from './list.ts';
import { BlockDocumentBy, blockDocumentWhere } from './lookup.ts';
import { BlockDocumentConnection } from './object.ts';

builder.queryField('blockDocument', (t) =>
  t.prismaField({
    type: 'BlockDocument',
    nullable: true,
    description: 'One block document, or null.',
    args: { by: t.arg({ type: BlockDocumentBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by }, ctx) =>
      ctx.server.db.prisma.blockDocument.findFirst({ ...query, where: blockDocumentWhere(by) }),
  }),
);

builder.queryField('blockDocuments', (t) =>
  t.field({
    type: BlockDocumentConnection,
    description:
      'Block documents by name unless an order is given, the anonymous ones among them unless the filter says otherwise.',
    args: {
      filter: t.arg({ type: BlockDocumentFilter, description: FILTER }),
      orderBy: t.arg({ type: [BlockDocumentOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: BLOCK_DOCUMENTS, args }),
  }),
);

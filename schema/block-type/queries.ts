import { BlockTypeFilter } from '../block-document/filters.ts';
import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { FILTER, pageArguments } from '../shared/list-arguments.ts';
import { BLOCK_TYPES } from './list.ts';
import { BlockTypeBy, blockTypeWhere } from './lookup.ts';
import { BlockTypeConnection } from './object.ts';

builder.queryField('blockType', (t) =>
  t.prismaField({
    type: 'BlockType',
    nullable: true,
    description: 'One block type, or null.',
    args: { by: t.arg({ type: BlockTypeBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by }, ctx) =>
      ctx.server.db.prisma.blockType.findUnique({ ...query, where: blockTypeWhere(by) }),
  }),
);

builder.queryField('blockTypes', (t) =>
  t.field({
    type: BlockTypeConnection,
    description: 'Block types by name.',
    args: { filter: t.arg({ type: BlockTypeFilter, description: FILTER }), ...pageArguments() },
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: BLOCK_TYPES, args }),
  }),
);

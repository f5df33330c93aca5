import { listBlockCapabilities } from '#server/queries/block-schema/read-block-schemas.ts';

import { BlockSchemaFilter } from '../block-document/filters.ts';
import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { FILTER, pageArguments } from '../shared/list-arguments.ts';
import { storedId } from '../shared/where-unique.ts';
import { BLOCK_SCHEMAS } from './list.ts';
import { BlockSchemaBy } from './lookup.ts';
import { BlockSchemaConnection } from './object.ts';

builder.queryField('blockSchema', (t) =>
  t.prismaField({
    type: 'BlockSchema',
    nullable: true,
    description: 'One block schema, or null.',
    args: { by: t.arg({ type: BlockSchemaBy, required: true, description: 'Which one.' }) },
    resolve: (query, _root, { by: { id, checksum } }, ctx) =>
      ctx.server.db.prisma.blockSchema.findFirst({
        ...query,
        where: checksum
          ? {
              checksum: checksum.checksum,
              ...(checksum.version ? { version: checksum.version } : {}),
            }
          : { id: storedId(id ?? '') },
        orderBy: [{ created: 'desc' }, { id: 'desc' }],
      }),
  }),
);

builder.queryField('blockSchemas', (t) =>
  t.field({
    type: BlockSchemaConnection,
    description: 'Block schemas, the newest first.',
    args: { filter: t.arg({ type: BlockSchemaFilter, description: FILTER }), ...pageArguments() },
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: BLOCK_SCHEMAS, args }),
  }),
);

builder.queryField('blockCapabilities', (t) =>
  t.stringList({
    description: 'What the blocks of some schema can do, each capability once.',
    resolve: async (_root, _args, { server }) => [...(await listBlockCapabilities(server))],
  }),
);

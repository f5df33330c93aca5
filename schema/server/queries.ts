import { readResultStorage } from '#server/queries/admin-storage/read-result-storage.ts';

import { builder } from '../builder.ts';
import { Server } from './object.ts';

builder.objectField(Server, 'defaultResultStorage', (t) =>
  t.prismaField({
    type: 'BlockDocument',
    nullable: true,
    description: 'The block in which results are kept when nothing else is said.',
    resolve: async (query, _server, _args, ctx) => {
      const id = await readResultStorage(ctx.server);
      return id === null
        ? null
        : ctx.server.db.prisma.blockDocument.findUnique({ ...query, where: { id } });
    },
  }),
);

builder.queryField('server', (t) =>
  t.field({ type: Server, description: 'The server itself.', resolve: () => ({}) }),
);

import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { pageArguments } from '../shared/list-arguments.ts';
import { storedId } from '../shared/where-unique.ts';
import { SAVED_SEARCHES } from './list.ts';
import { SavedSearchConnection } from './object.ts';

builder.queryField('savedSearch', (t) =>
  t.prismaField({
    type: 'SavedSearch',
    nullable: true,
    description: 'One saved search, or null.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.server.db.prisma.savedSearch.findUnique({ ...query, where: { id: storedId(id) } }),
  }),
);

builder.queryField('savedSearches', (t) =>
  t.field({
    type: SavedSearchConnection,
    description: 'Saved searches by name.',
    args: pageArguments(),
    resolve: (_root, args, ctx, info) =>
      resolveConnection(ctx, info, { source: SAVED_SEARCHES, args }),
  }),
);

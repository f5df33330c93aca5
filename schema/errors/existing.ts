import type { GraphQLResolveInfo } from 'graphql';

import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { findNodes } from '../node/find-nodes.ts';
import { Node } from '../shared/interfaces.ts';
import { AlreadyExists, Conflict, Protected } from './classes.ts';

interface Looked {
  readonly ctx: GraphQLContext;
  readonly info: GraphQLResolveInfo;
}

const findNode = async (id: string | null, { ctx, info }: Looked) =>
  id === null ? null : ((await findNodes(ctx, info, [id])).get(id) ?? null);

builder.objectField(AlreadyExists, 'existing', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'What is there already, where it is known.',
    resolve: ({ existingId }, _args, ctx, info) => findNode(existingId, { ctx, info }),
  }),
);

builder.objectField(Conflict, 'current', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'What stands against it, as it is now, where that is one thing.',
    resolve: ({ currentId }, _args, ctx, info) => findNode(currentId, { ctx, info }),
  }),
);

builder.objectField(Protected, 'resource', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'What is protected, where it is there.',
    resolve: ({ resourceId }, _args, ctx, info) => findNode(resourceId, { ctx, info }),
  }),
);

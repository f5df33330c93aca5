import { builder } from '../builder.ts';
import { findNodes } from '../node/find-nodes.ts';
import { Node } from '../shared/interfaces.ts';
import { AlreadyExists } from './classes.ts';

builder.objectField(AlreadyExists, 'existing', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'What is there already, where it is known.',
    resolve: async ({ existingId }, _args, ctx, info) =>
      existingId === null
        ? null
        : ((await findNodes(ctx, info, [existingId])).get(existingId) ?? null),
  }),
);

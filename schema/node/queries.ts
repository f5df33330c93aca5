import { builder } from '../builder.ts';
import { Node } from '../shared/interfaces.ts';
import { storedId } from '../shared/where-unique.ts';
import { findNodes } from './find-nodes.ts';

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'Whatever has this id, or null.',
    args: { id: t.arg.id({ required: true, description: 'The id.' }) },
    resolve: async (_root, { id }, ctx, info) =>
      (await findNodes(ctx, info, [storedId(id)])).get(storedId(id)) ?? null,
  }),
);

const MAX_NODES = 200;

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description:
      'Whatever has these ids, in their order, null for those that nothing has; at most 200.',
    args: { ids: t.arg.idList({ required: true, description: 'The ids.' }) },
    resolve: async (_root, { ids }, ctx, info) => {
      const wanted = ids.slice(0, MAX_NODES).map(storedId);
      const found = await findNodes(ctx, info, wanted);
      return wanted.map((id) => found.get(id) ?? null);
    },
  }),
);

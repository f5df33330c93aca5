import type { ObjectParam } from '@pothos/core';

import { builder } from '../builder.ts';
import type { Connection, Edge } from './connection.ts';
import { PageInfo } from './page-arguments.ts';

/** How far a list is counted unless the caller asks for more. */
const DEFAULT_CAP = 10_000;

type Types = typeof builder.$inferSchemaTypes;

/** Makes the connection and edge types of a node type. `plural` completes "A page of …". */
export const defineConnection = <Row>(
  { name, plural }: { readonly name: string; readonly plural: string },
  node: ObjectParam<Types>,
) => {
  // The node type was made for rows of this kind, which is beyond what the builder's types can follow.
  const shown = (row: Row) => row as never;
  const edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: `One of a page of ${plural}.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Where it stands in the list.' }),
      node: t.field({
        type: node,
        description: 'The row itself.',
        resolve: (row) => shown(row.node),
      }),
    }),
  });
  return builder.objectRef<Connection<Row>>(`${name}Connection`).implement({
    description: `A page of ${plural}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'Its rows with their cursors.',
        resolve: (page) => [...page.edges],
      }),
      nodes: t.field({
        type: [node],
        description: 'Its rows.',
        resolve: (page) => page.edges.map((row) => shown(row.node)),
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Where it stands in the list.',
        resolve: (page) => page.pageInfo,
      }),
      totalCount: t.int({
        description:
          'How many rows the whole list has. Counting stops one past the cap, so a larger answer than the cap means "more".',
        args: {
          cap: t.arg.int({
            defaultValue: DEFAULT_CAP,
            description: 'How far to count; null counts all.',
          }),
        },
        resolve: (page, { cap }, _ctx, info) => page.count(info, cap ?? null),
      }),
    }),
  });
};

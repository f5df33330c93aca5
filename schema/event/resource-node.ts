import { queryFromInfo } from '@pothos/plugin-prisma';

import { RESOURCE_ID } from '#server/events/event.ts';
import { parseId } from '#server/ids.ts';

import { builder } from '../builder.ts';
import { nodeSource } from '../node/find-nodes.ts';
import { batched } from '../shared/batch.ts';
import { Node, type Typed } from '../shared/interfaces.ts';
import { EventResource } from './object.ts';

const RESOURCE = /^prefect\.(?<kind>[a-z-]+)\.(?<id>[0-9a-f-]{36})$/;

builder.objectField(EventResource, 'node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'The thing itself as it is now; null when it is gone or none of this server.',
    resolve: (labels, _args, ctx, info) => {
      const { kind = '', id = '' } = RESOURCE.exec(labels[RESOURCE_ID] ?? '')?.groups ?? {};
      const source = nodeSource(kind);
      const key = parseId(id);
      if (source === null || key === null) return null;
      const { typeName, hydrate } = source;
      // Asked for by each resource of a list, although one of them reads for all: the plugin notes for each what was read.
      const selection = queryFromInfo({ context: ctx, info, typeName });
      return batched<string, Typed | null>(ctx, info, {
        key,
        purpose: typeName,
        load: async (ids) => {
          const rows = await hydrate(ctx.server, [...new Set(ids)], selection);
          return ids.map((each) => {
            const row = rows.get(each);
            return row === undefined ? null : { ...row, __typename: typeName };
          });
        },
      });
    },
  }),
);

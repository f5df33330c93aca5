import type { BlockSchema as BlockSchemaRow } from '#prisma/client/sqlite/client.ts';

import { builder } from '../builder.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { objectIn, textsIn } from '../shared/values.ts';

export const BlockSchema = builder.prismaObject('BlockSchema', {
  description: 'The fields that documents of a block type have, in one version.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: ({ id }) => `prefect.block-schema.${id}`,
    }),
    checksum: t.exposeString('checksum', { description: 'The checksum of its fields.' }),
    version: t.exposeString('version', { description: 'Its version.' }),
    fields: t.field({
      type: 'JSONObject',
      description: 'The JSON schema of its fields.',
      select: { fields: true },
      resolve: ({ fields }) => objectIn(fields),
    }),
    capabilities: t.stringList({
      description: 'What its blocks can do, such as write-path.',
      select: { capabilities: true },
      resolve: ({ capabilities }) => textsIn(capabilities),
    }),
    blockType: t.relation('blockType', { description: 'The type it belongs to.' }),
  }),
});

export const BlockSchemaConnection = defineConnection<BlockSchemaRow>(
  { name: 'BlockSchema', plural: 'block schemas' },
  BlockSchema,
);

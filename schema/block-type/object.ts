import type { BlockType as BlockTypeRow } from '#prisma/client/sqlite/client.ts';
import { logoAddress } from '#server/blocks/logo.ts';
import { serveBaseOf } from '#server/http/serve-base.ts';

import { builder } from '../builder.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';

export const BlockType = builder.prismaObject('BlockType', {
  description: 'A kind of block, such as a secret or a bucket.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: ({ id }) => `prefect.block-type.${id}`,
    }),
    name: t.exposeString('name', { description: 'Its name.' }),
    slug: t.exposeString('slug', {
      description: 'Its name for programs, which no other block type has.',
    }),
    logoUrl: t.string({
      nullable: true,
      description: 'Where its picture is; a path when this server has it.',
      select: { logoUrl: true },
      resolve: ({ logoUrl }, _args, ctx) => logoAddress(logoUrl, serveBaseOf(ctx.server.settings)),
    }),
    documentationUrl: t.exposeString('documentationUrl', {
      nullable: true,
      description: 'Where more is written about it.',
    }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    codeExample: t.exposeString('codeExample', {
      nullable: true,
      description: 'How it is used in code, as Markdown.',
    }),
    isProtected: t.exposeBoolean('isProtected', {
      description: 'Whether the server needs it, so that nobody may delete it.',
    }),
  }),
});

export const BlockTypeConnection = defineConnection<BlockTypeRow>(
  { name: 'BlockType', plural: 'block types' },
  BlockType,
);

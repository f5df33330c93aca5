import {
  createBlockType,
  deleteBlockType,
  updateBlockType,
} from '#server/commands/block-type/block-type-commands.ts';
import { installSystemBlocks } from '#server/commands/block-type/install-shipped-blocks.ts';

import type { builder } from '../builder.ts';
import { AlreadyExists, InvalidInput, NotFound, Protected } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { requireConfirmation } from '../shared/require-confirmation.ts';
import { requireName } from '../shared/require-name.ts';
import { requireSlug } from '../shared/require-slug.ts';
import { storedId } from '../shared/where-unique.ts';

interface Identified {
  readonly id: string;
}

type Types = typeof builder.$inferSchemaTypes;

const textFields = (t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) => ({
  logoUrl: t.string({ description: 'Where its picture is.' }),
  documentationUrl: t.string({ description: 'Where more is written about it.' }),
  description: t.string({ description: 'What it is for.' }),
  codeExample: t.string({ description: 'How it is used in code, as Markdown.' }),
});

const payloadOf = (mutation: string) =>
  definePayload<Identified>(mutation, (t) => ({
    blockType: t.prismaField({
      type: 'BlockType',
      description: 'The block type as it is now.',
      resolve: (query, { id }, _args, ctx) =>
        ctx.server.db.prisma.blockType.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }));

defineMutation('createBlockType', {
  description: 'Makes a block type.',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    slug: t.string({ required: true, description: 'Its name for programs.' }),
    ...textFields(t),
  }),
  payload: payloadOf('createBlockType'),
  errors: [InvalidInput, AlreadyExists, Protected],
  resolve: async (input, { server }) => {
    requireName(input.name);
    requireSlug('slug', input.slug);
    return createBlockType(server, input);
  },
});

defineMutation('updateBlockType', {
  description: 'Changes what a block type says about itself. What is left out stays.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }), ...textFields(t) }),
  payload: payloadOf('updateBlockType'),
  errors: [InvalidInput, NotFound],
  resolve: ({ id, ...changes }, { server }) =>
    updateBlockType(server, { id: storedId(id), changes }),
});

defineDeletion('deleteBlockType', {
  description: 'Deletes a block type with its schemas and documents.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
  resolve: async ({ id }, { server }) => {
    await deleteBlockType(server, storedId(id));
    return storedId(id);
  },
});

defineMutation('installSystemBlockTypes', {
  description:
    'Brings back the block types that flows rely on. What is there already stays as it is.',
  input: (t) => ({
    confirm: t.boolean({ required: true, description: 'Must be true.' }),
  }),
  payload: definePayload<{ readonly installed: number }>('installSystemBlockTypes', (t) => ({
    installed: t.exposeInt('installed', { description: 'How many of them there are now.' }),
  })),
  errors: [InvalidInput],
  resolve: async ({ confirm }, { server }) => {
    requireConfirmation(confirm);
    await installSystemBlocks(server);
    return { installed: await server.db.prisma.blockType.count({ where: { isProtected: true } }) };
  },
});

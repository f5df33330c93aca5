import {
  createBlockSchema,
  deleteBlockSchema,
} from '#server/commands/block-schema/block-schema-commands.ts';

import { InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { given } from '../shared/given.ts';
import { storedId } from '../shared/where-unique.ts';

interface Added {
  readonly id: string;
  readonly created: boolean;
}

defineMutation('createBlockSchema', {
  description: 'Makes a schema of a block type, unless there is one of the same content.',
  input: (t) => ({
    blockTypeId: t.id({ required: true, description: 'The id of its type.' }),
    fields: t.field({
      type: 'JSONObject',
      required: true,
      description: 'The JSON schema of its fields.',
    }),
    capabilities: t.stringList({ description: 'What its blocks can do, such as write-path.' }),
    version: t.string({ description: 'Its version.' }),
  }),
  payload: definePayload<Added>('createBlockSchema', (t) => ({
    blockSchema: t.prismaField({
      type: 'BlockSchema',
      description: 'The block schema as it is now.',
      resolve: (query, { id }, _args, ctx) =>
        ctx.server.db.prisma.blockSchema.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    created: t.exposeBoolean('created', {
      description: 'Whether it is new; else one of the same fields and version was there.',
    }),
  })),
  errors: [InvalidInput, NotFound],
  resolve: async ({ blockTypeId, fields, capabilities, version }, { server }) => {
    const { schema, isCreated } = await createBlockSchema(server, {
      blockTypeId: storedId(blockTypeId),
      fields,
      ...given({ capabilities: capabilities ?? undefined, version: version ?? undefined }),
    });
    return { id: schema.id, created: isCreated };
  },
});

defineDeletion('deleteBlockSchema', {
  description: 'Deletes a block schema with its documents.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
  resolve: async ({ id }, { server }) => {
    await deleteBlockSchema(server, storedId(id));
    return storedId(id);
  },
});

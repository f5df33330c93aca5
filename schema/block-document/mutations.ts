import {
  createBlockDocument,
  deleteBlockDocument,
  updateBlockDocument,
} from '#server/commands/block-document/block-document-commands.ts';

import { AlreadyExists, InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { requireSlug } from '../shared/require-slug.ts';
import { storedId } from '../shared/where-unique.ts';

interface Identified {
  readonly id: string;
}

const DATA =
  'Its values. `{"$ref": {"block_document_id": …}}` in the place of one stands for another document.';

const payloadOf = (mutation: string) =>
  definePayload<Identified>(mutation, (t) => ({
    blockDocument: t.prismaField({
      type: 'BlockDocument',
      description: 'The block document as it is now.',
      resolve: (query, { id }, _args, ctx) =>
        ctx.server.db.prisma.blockDocument.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }));

const requireNameOf = (name: string | null | undefined, isAnonymous: boolean): void => {
  if (name) requireSlug('name', name);
  else if (!isAnonymous) {
    const message = 'Only an anonymous block document goes without a name.';
    throw new InvalidInput(message, [{ message, path: ['name'] }]);
  }
};

defineMutation('createBlockDocument', {
  description: 'Keeps a block.',
  input: (t) => ({
    name: t.string({ description: 'Its name.' }),
    blockTypeId: t.id({ required: true, description: 'The id of its type.' }),
    blockSchemaId: t.id({ required: true, description: 'The id of its schema.' }),
    data: t.field({ type: 'JSONObject', required: true, description: DATA }),
    isAnonymous: t.boolean({ description: 'Whether it has no name of its own.' }),
  }),
  payload: payloadOf('createBlockDocument'),
  errors: [InvalidInput, NotFound, AlreadyExists],
  resolve: async ({ name, data, ...input }, { server }) => {
    const isAnonymous = input.isAnonymous ?? false;
    requireNameOf(name, isAnonymous);
    return createBlockDocument(server, {
      name: name ?? null,
      isAnonymous,
      blockTypeId: storedId(input.blockTypeId),
      blockSchemaId: storedId(input.blockSchemaId),
      data,
    });
  },
});

defineMutation('updateBlockDocument', {
  description: 'Changes the values of a block. A secret that comes back masked stays.',
  input: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    blockSchemaId: t.id({ description: 'The id of another schema of the same type.' }),
    data: t.field({ type: 'JSONObject', description: DATA }),
    mergeExistingData: t.boolean({
      defaultValue: true,
      description: 'Whether values stay that the new ones do not name.',
    }),
  }),
  payload: payloadOf('updateBlockDocument'),
  errors: [InvalidInput, NotFound],
  resolve: ({ id, blockSchemaId, data, mergeExistingData }, { server }) =>
    updateBlockDocument(server, {
      id: storedId(id),
      changes: {
        blockSchemaId: blockSchemaId ? storedId(blockSchemaId) : null,
        data: data ?? undefined,
        mergesData: mergeExistingData ?? true,
      },
    }),
});

defineDeletion('deleteBlockDocument', {
  description: 'Deletes a block; those that refer to it lose the value.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
  resolve: async ({ id }, { server }) => {
    await deleteBlockDocument(server, storedId(id));
    return storedId(id);
  },
});

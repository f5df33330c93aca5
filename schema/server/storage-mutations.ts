import {
  clearResultStorage,
  setResultStorage,
} from '#server/commands/admin-storage/result-storage.ts';

import { InvalidInput, NotFound } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { requireConfirmation } from '../shared/require-confirmation.ts';
import { storedId } from '../shared/where-unique.ts';
import { Server } from './object.ts';

const payloadOf = (mutation: string) =>
  definePayload<object>(mutation, (t) => ({
    server: t.field({
      type: Server,
      description: 'The server as it is now.',
      resolve: () => ({}),
    }),
  }));

defineMutation('setDefaultResultStorage', {
  description: 'Makes a block the place where results are kept when nothing else is said.',
  input: (t) => ({
    blockDocumentId: t.id({
      required: true,
      description: 'The id of a block document that can write.',
    }),
  }),
  payload: payloadOf('setDefaultResultStorage'),
  errors: [InvalidInput, NotFound],
  resolve: async ({ blockDocumentId }, { server }) => {
    await setResultStorage(server, storedId(blockDocumentId));
    return {};
  },
});

defineMutation('clearDefaultResultStorage', {
  description: 'Leaves it to each run where its results are kept.',
  input: (t) => ({ confirm: t.boolean({ required: true, description: 'Must be true.' }) }),
  payload: payloadOf('clearDefaultResultStorage'),
  errors: [InvalidInput],
  resolve: async ({ confirm }, { server }) => {
    requireConfirmation(confirm);
    await clearResultStorage(server);
    return {};
  },
});

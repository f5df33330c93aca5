import { deleteWorker } from '#server/commands/worker/delete-worker.ts';

import { defineDeletion } from '../shared/define-mutation.ts';

defineDeletion('deleteWorker', {
  description: 'Forgets a worker; one that is there comes back with its next heartbeat.',
  input: (t) => ({
    workPoolName: t.string({ required: true, description: 'The name of its work pool.' }),
    name: t.string({ required: true, description: 'Its name.' }),
  }),
  resolve: async (input, { server }) => (await deleteWorker(server, input)).id,
});

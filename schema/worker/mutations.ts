import { deleteWorker } from '#server/commands/worker/delete-worker.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';

import { requireWithin } from '../concurrency-limit/checks.ts';
import { InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { workerField } from '../shared/payload-fields.ts';

defineMutation('workerHeartbeat', {
  description: 'Tells that a worker is there, which makes its work pool ready.',
  input: (t) => ({
    workPoolName: t.string({ required: true, description: 'The name of its work pool.' }),
    name: t.string({ required: true, description: 'Its name.' }),
    heartbeatIntervalSeconds: t.int({ description: 'How often it means to be heard of.' }),
    type: t.string({
      description: 'The type of the pools it is made for; without it, what it told before stays.',
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'What it tells of itself; without it, what it told before stays.',
    }),
  }),
  payload: definePayload<{ readonly id: string }>('workerHeartbeat', (t) => ({
    worker: workerField(t),
  })),
  errors: [InvalidInput, NotFound],
  resolve: async (input, { server }) => {
    requireWithin({
      heartbeatIntervalSeconds: { value: input.heartbeatIntervalSeconds, atLeast: 1 },
    });
    return recordWorkerHeartbeat(server, input);
  },
});

defineDeletion('deleteWorker', {
  description: 'Forgets a worker; one that is there comes back with its next heartbeat.',
  input: (t) => ({
    workPoolName: t.string({ required: true, description: 'The name of its work pool.' }),
    name: t.string({ required: true, description: 'Its name.' }),
  }),
  resolve: async (input, { server }) => (await deleteWorker(server, input)).id,
});

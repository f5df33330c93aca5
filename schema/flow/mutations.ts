import { createFlow } from '#server/commands/flow/create-flow.ts';
import { deleteFlow } from '#server/commands/flow/delete-flow.ts';
import { updateFlow } from '#server/commands/flow/update-flow.ts';

import { InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { given } from '../shared/given.ts';
import { flowField } from '../shared/payload-fields.ts';
import { requireName } from '../shared/require-name.ts';
import { storedId } from '../shared/where-unique.ts';

const CreateFlow = definePayload<{ readonly id: string; readonly created: boolean }>(
  'createFlow',
  (t) => ({
    flow: flowField(t),
    created: t.exposeBoolean('created', { description: 'Whether it was made now.' }),
  }),
);

defineMutation('createFlow', {
  description: 'Makes a flow, or gives back the one of the name untouched.',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    tags: t.stringList({ description: 'Its tags.' }),
    labels: t.field({ type: 'JSONObject', description: 'Its labels.' }),
  }),
  payload: CreateFlow,
  errors: [InvalidInput],
  resolve: async ({ name, tags, labels }, { server }) => {
    requireName(name);
    const { flow, isCreated } = await createFlow(server, {
      name,
      ...given({ tags: tags ?? undefined, labels: labels ?? undefined }),
    });
    return { id: flow.id, created: isCreated };
  },
});

defineMutation('updateFlow', {
  description: 'Changes the tags of a flow.',
  input: (t) => ({
    id: t.id({ required: true, description: 'The id of the flow.' }),
    tags: t.stringList({ description: 'Its tags from now on.' }),
  }),
  payload: definePayload<{ readonly id: string }>('updateFlow', (t) => ({ flow: flowField(t) })),
  errors: [InvalidInput, NotFound],
  resolve: ({ id, tags }, { server }) =>
    updateFlow(server, { id: storedId(id), changes: { tags: tags ?? undefined } }),
});

defineDeletion('deleteFlow', {
  description: 'Deletes a flow with its deployments and runs.',
  input: (t) => ({ id: t.id({ required: true, description: 'The id of the flow.' }) }),
  resolve: async ({ id }, { server }) => (await deleteFlow(server, storedId(id))).id,
});

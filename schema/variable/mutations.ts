import {
  createVariable,
  deleteVariable,
  updateVariable,
} from '#server/commands/variable/variable-commands.ts';

import { AlreadyExists, InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { VariableBy } from '../shared/lookups.ts';
import { variableField } from '../shared/payload-fields.ts';
import { idOrName } from '../shared/where-unique.ts';

interface Identified {
  readonly id: string;
}

const requireName = (name: string): void => {
  if (/^[a-z0-9_-]{1,255}$/.test(name)) return;
  const message = 'A variable’s name has only lower case letters, digits, dashes and underscores.';
  throw new InvalidInput(message, [{ message, path: ['name'] }]);
};

defineMutation('createVariable', {
  description: 'Makes a variable.',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    value: t.field({ type: 'JSON', description: 'Its value.' }),
    tags: t.stringList({ description: 'Its tags.' }),
  }),
  payload: definePayload<Identified>('createVariable', (t) => ({ variable: variableField(t) })),
  errors: [InvalidInput, AlreadyExists],
  resolve: async ({ name, value, tags }, { server }) => {
    requireName(name);
    return createVariable(server, { name, value: value ?? null, tags: tags ?? [] });
  },
});

defineMutation('updateVariable', {
  description: 'Changes a variable. What is left out stays.',
  input: (t) => ({
    variable: t.field({ type: VariableBy, required: true, description: 'Which one.' }),
    name: t.string({ description: 'Its name.' }),
    value: t.field({ type: 'JSON', description: 'Its value.' }),
    tags: t.stringList({ description: 'Its tags.' }),
  }),
  payload: definePayload<Identified>('updateVariable', (t) => ({ variable: variableField(t) })),
  errors: [InvalidInput, NotFound, AlreadyExists],
  resolve: async ({ variable, name, value, tags }, { server }) => {
    if (name) requireName(name);
    return updateVariable(server, {
      key: idOrName(variable),
      changes: { name: name ?? undefined, value, tags: tags ?? undefined },
    });
  },
});

defineDeletion('deleteVariable', {
  description: 'Deletes a variable.',
  input: (t) => ({
    variable: t.field({ type: VariableBy, required: true, description: 'Which one.' }),
  }),
  resolve: async ({ variable }, { server }) =>
    (await deleteVariable(server, idOrName(variable))).id,
});

import {
  deleteSavedSearch,
  upsertSavedSearch,
} from '#server/commands/saved-search/saved-search-commands.ts';

import { builder } from '../builder.ts';
import { InvalidInput } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { storedId } from '../shared/where-unique.ts';

interface Upserted {
  readonly id: string;
  readonly created: boolean;
}

const SavedSearchFilterInput = builder.inputType('SavedSearchFilterInput', {
  description: 'One condition of a saved search.',
  fields: (t) => ({
    object: t.string({ required: true, description: 'What kind of thing it is on.' }),
    property: t.string({ required: true, description: 'Which property of that thing it is on.' }),
    type: t.string({ required: true, description: 'The type of that property.' }),
    operation: t.string({
      required: true,
      description: 'How the property is compared, such as equals.',
    }),
    value: t.field({ type: 'JSON', description: 'What the property is compared with.' }),
  }),
});

const requireName = (name: string): void => {
  if (name.trim() !== '') return;
  const message = 'A saved search needs a name.';
  throw new InvalidInput(message, [{ message, path: ['name'] }]);
};

defineMutation('upsertSavedSearch', {
  description: 'Keeps a search under a name; one of that name gets other conditions.',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    filters: t.field({
      type: [SavedSearchFilterInput],
      required: true,
      description: 'Its conditions.',
    }),
  }),
  payload: definePayload<Upserted>('upsertSavedSearch', (t) => ({
    savedSearch: t.prismaField({
      type: 'SavedSearch',
      description: 'The saved search as it is now.',
      resolve: (query, { id }, _args, ctx) =>
        ctx.server.db.prisma.savedSearch.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    created: t.exposeBoolean('created', {
      description: 'Whether it is new; else one of that name was there.',
    }),
  })),
  errors: [InvalidInput],
  resolve: async ({ name, filters }, { server }) => {
    requireName(name);
    const { savedSearch, isCreated } = await upsertSavedSearch(server, {
      name,
      filters: filters.map((filter) => ({ ...filter, value: filter.value ?? null })),
    });
    return { id: savedSearch.id, created: isCreated };
  },
});

defineDeletion('deleteSavedSearch', {
  description: 'Forgets a saved search.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
  resolve: async ({ id }, { server }) => (await deleteSavedSearch(server, storedId(id))).id,
});

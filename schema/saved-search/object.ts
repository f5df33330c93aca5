import type { SavedSearch as SavedSearchRow } from '#prisma/client/sqlite/client.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';

import { builder } from '../builder.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';

const textOf = (filter: JsonObject, key: string): string => {
  const value = filter[key];
  return typeof value === 'string' ? value : '';
};

const SavedSearchFilter = builder.objectRef<JsonObject>('SavedSearchFilter').implement({
  description: 'One condition of a saved search. The server gives its words no meaning.',
  fields: (t) => ({
    object: t.string({
      description: 'What kind of thing it is on.',
      resolve: (filter) => textOf(filter, 'object'),
    }),
    property: t.string({
      description: 'Which property of that thing it is on.',
      resolve: (filter) => textOf(filter, 'property'),
    }),
    type: t.string({
      description: 'The type of that property.',
      resolve: (filter) => textOf(filter, 'type'),
    }),
    operation: t.string({
      description: 'How the property is compared, such as equals.',
      resolve: (filter) => textOf(filter, 'operation'),
    }),
    value: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What the property is compared with.',
      resolve: (filter) => filter['value'] ?? null,
    }),
  }),
});

const SavedSearch = builder.prismaObject('SavedSearch', {
  description: 'A search that was kept under a name.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: ({ id }) => `prefect.saved-search.${id}`,
    }),
    name: t.exposeString('name', { description: 'Its name, which no other saved search has.' }),
    filters: t.field({
      type: [SavedSearchFilter],
      description: 'Its conditions.',
      select: { filters: true },
      resolve: ({ filters }) =>
        Array.isArray(filters)
          ? filters.flatMap((filter) => (isJsonObject(filter) ? [filter] : []))
          : [],
    }),
  }),
});

export const SavedSearchConnection = defineConnection<SavedSearchRow>(
  { name: 'SavedSearch', plural: 'saved searches' },
  SavedSearch,
);

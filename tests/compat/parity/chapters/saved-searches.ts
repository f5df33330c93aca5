import { byId, readById } from '../call.ts';
import { SAVED_SEARCH } from '../entities.ts';
import type { Chapter, Step } from '../step.ts';
import { idAs, many, one } from '../view.ts';

const filters = (value: string) => [
  { object: 'flow_run', property: 'name', type: 'string', operation: 'equals', value },
];

const upsert = (name: string, about: string): Step => ({
  rest: 'PUT /saved_searches/',
  graphql: 'upsertSavedSearch',
  call: () => ({
    input: { name, filters: filters(about) },
    select: `savedSearch { ${SAVED_SEARCH.selection} }`,
  }),
  compare: one(SAVED_SEARCH, 'savedSearch'),
  keep: idAs(name),
});

export const savedSearches: Chapter = {
  name: 'saved searches',
  steps: [
    upsert('late', 'a'),
    upsert('late', 'b'),
    upsert('spare', 'c'),
    {
      rest: 'GET /saved_searches/{id}',
      graphql: 'savedSearch',
      call: readById('late', SAVED_SEARCH.selection),
      compare: one(SAVED_SEARCH),
    },
    {
      rest: 'POST /saved_searches/filter',
      graphql: 'savedSearches',
      call: () => ({
        body: { limit: 10 },
        args: { first: 10 },
        select: `nodes { ${SAVED_SEARCH.selection} }`,
      }),
      compare: many(SAVED_SEARCH),
    },
    {
      rest: 'DELETE /saved_searches/{id}',
      graphql: 'deleteSavedSearch',
      call: byId('spare'),
    },
  ],
};

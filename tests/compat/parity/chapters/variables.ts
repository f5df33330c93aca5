import { need, readBy } from '../call.ts';
import { VARIABLE } from '../entities.ts';
import type { Chapter, Step } from '../step.ts';
import { idAs, many, one, value } from '../view.ts';

const SELECT = VARIABLE.selection;

const create = (name: string): Step => ({
  rest: 'POST /variables/',
  graphql: 'createVariable',
  call: () => ({
    input: { name, value: { deep: [1, { aKey: null }] }, tags: ['x'] },
    select: `variable { ${SELECT} }`,
  }),
  compare: one(VARIABLE, 'variable'),
  keep: idAs(name),
});

const FILTER = {
  rest: { variables: { name: { like_: 'var' } } },
  graphql: { name: { contains: 'var' } },
};

const byName = (name: string) => ({ path: { name }, input: { variable: { name } } });

export const variables: Chapter = {
  name: 'variables',
  steps: [
    create('variable_a'),
    create('variable_b'),
    {
      rest: 'PATCH /variables/{id}',
      graphql: 'updateVariable',
      call: (found) => {
        const id = need(found, 'variable_a');
        const changes = { value: 'new', tags: ['x', 'y'] };
        return { path: { id }, body: changes, input: { variable: { id }, ...changes } };
      },
    },
    {
      rest: 'PATCH /variables/name/{name}',
      graphql: 'updateVariable',
      call: () => ({
        path: { name: 'variable_b' },
        body: { value: 2 },
        input: { variable: { name: 'variable_b' }, value: 2 },
      }),
    },
    {
      rest: 'GET /variables/{id}',
      graphql: 'variable',
      call: readBy('variable_a', SELECT),
      compare: one(VARIABLE),
    },
    {
      rest: 'GET /variables/name/{name}',
      graphql: 'variable',
      call: () => ({
        path: { name: 'variable_b' },
        args: { by: { name: 'variable_b' } },
        select: SELECT,
      }),
      compare: one(VARIABLE),
    },
    {
      rest: 'POST /variables/filter',
      graphql: 'variables',
      call: () => ({
        body: { ...FILTER.rest, sort: 'NAME_ASC' },
        args: {
          filter: FILTER.graphql,
          orderBy: [{ field: 'NAME', direction: 'ASC' }],
          first: 5,
        },
        select: `nodes { ${SELECT} }`,
      }),
      compare: many(VARIABLE),
    },
    {
      rest: 'POST /variables/count',
      graphql: 'variables',
      call: () => ({ body: FILTER.rest, args: { filter: FILTER.graphql }, select: 'totalCount' }),
      compare: value('totalCount'),
    },
    {
      rest: 'DELETE /variables/{id}',
      graphql: 'deleteVariable',
      call: (found) => {
        const id = need(found, 'variable_a');
        return { path: { id }, input: { variable: { id } } };
      },
    },
    {
      rest: 'DELETE /variables/name/{name}',
      graphql: 'deleteVariable',
      call: () => byName('variable_b'),
    },
  ],
};

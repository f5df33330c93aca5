import { FLOW } from '../entities.ts';
import type { Chapter } from '../step.ts';
import { idAs, made, many, one, value } from '../view.ts';

const FILTER = { rest: { flows: { name: { like_: 'e' } } }, graphql: { name: { contains: 'e' } } };

const create = (name: string, kept: string, tags: readonly string[]) =>
  ({
    rest: 'POST /flows/',
    graphql: 'createFlow',
    call: () => ({
      input: { name, tags, labels: { team: 'data' } },
      select: `created flow { ${FLOW.selection} }`,
    }),
    compare: made(FLOW, 'flow'),
    keep: idAs(kept, 'entity.id'),
  }) as const;

export const flows: Chapter = {
  name: 'flows',
  steps: [
    create('etl', 'flow', ['daily']),
    create('etl', 'flow', ['again']),
    create('reports', 'secondFlow', []),
    create('spare', 'spareFlow', ['go']),
    create('spare-too', 'spareFlowToo', ['go']),
    {
      rest: 'PATCH /flows/{id}',
      graphql: 'updateFlow',
      call: ({ flow: id = '' }) => ({
        path: { id },
        body: { tags: ['daily', 'etl'] },
        input: { id, tags: ['daily', 'etl'] },
      }),
    },
    {
      rest: 'GET /flows/{id}',
      graphql: 'flow',
      call: ({ flow: id = '' }) => ({ path: { id }, args: { by: { id } }, select: FLOW.selection }),
      compare: one(FLOW),
    },
    {
      rest: 'GET /flows/name/{name}',
      graphql: 'flow',
      call: () => ({
        path: { name: 'reports' },
        args: { by: { name: 'reports' } },
        select: FLOW.selection,
      }),
      compare: one(FLOW),
    },
    {
      rest: 'POST /flows/filter',
      graphql: 'flows',
      call: () => ({
        body: { ...FILTER.rest, sort: 'NAME_ASC', limit: 3 },
        args: {
          filter: FILTER.graphql,
          orderBy: [{ field: 'NAME', direction: 'ASC' }],
          first: 3,
        },
        select: `nodes { ${FLOW.selection} }`,
      }),
      compare: many(FLOW),
    },
    {
      rest: 'POST /flows/count',
      graphql: 'flows',
      call: () => ({
        body: FILTER.rest,
        args: { filter: FILTER.graphql },
        select: 'totalCount',
      }),
      compare: value('totalCount'),
    },
    {
      rest: 'POST /flows/paginate',
      graphql: 'flows',
      call: () => ({
        body: { ...FILTER.rest, sort: 'NAME_ASC', limit: 2, page: 1 },
        args: {
          filter: FILTER.graphql,
          orderBy: [{ field: 'NAME', direction: 'ASC' }],
          first: 2,
        },
        select: `totalCount nodes { ${FLOW.selection} }`,
      }),
      compare: many(FLOW, 'nodes', 'results'),
    },
    {
      rest: 'DELETE /flows/{id}',
      graphql: 'deleteFlow',
      call: ({ spareFlow: id = '' }) => ({ path: { id }, input: { id } }),
    },
    {
      rest: 'POST /flows/bulk_delete',
      graphql: 'bulkDeleteFlows',
      call: () => ({
        body: { flows: { tags: { all_: ['go'] } } },
        input: { filter: { tags: { all: ['go'] } } },
        select: 'deletedIds',
      }),
      compare: value('deletedIds', 'deleted'),
    },
  ],
};

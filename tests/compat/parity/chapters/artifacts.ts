import { byId, need, readBy } from '../call.ts';
import { ARTIFACT, ARTIFACT_COLLECTION, LATEST_ARTIFACT } from '../entities.ts';
import type { Chapter, Step } from '../step.ts';
import { idAs, many, one, value } from '../view.ts';

const SELECT = ARTIFACT.selection;

const create = (kept: string, key: string, data: unknown): Step => ({
  rest: 'POST /artifacts/',
  graphql: 'createArtifact',
  call: (found) => {
    const shared = { key, type: 'markdown', description: 'What was found.', data };
    const [run, task] = [need(found, 'run'), need(found, 'extract')];
    return {
      body: { ...shared, metadata_: { a: 'b' }, flow_run_id: run, task_run_id: task },
      input: { ...shared, metadata: { a: 'b' }, flowRunId: run, taskRunId: task },
      select: `artifact { ${SELECT} }`,
    };
  },
  compare: one(ARTIFACT, 'artifact'),
  keep: idAs(kept),
});

const FILTER = {
  rest: { artifacts: { key: { like_: 'rep' } } },
  graphql: { key: { contains: 'rep' } },
};
const BY_KEY = { orderBy: [{ field: 'KEY', direction: 'ASC' }], first: 5 };

export const artifacts: Chapter = {
  name: 'artifacts',
  steps: [
    create('artifact', 'report', '# Report'),
    create('nextArtifact', 'report', '# Next'),
    create('spareArtifact', 'spare', '-'),
    {
      rest: 'PATCH /artifacts/{id}',
      graphql: 'updateArtifact',
      call: byId('nextArtifact', { data: '# Last' }, { data: '# Last' }),
    },
    {
      rest: 'GET /artifacts/{id}',
      graphql: 'artifact',
      call: readBy('nextArtifact', SELECT),
      compare: one(ARTIFACT),
    },
    {
      rest: 'GET /artifacts/{key}/latest',
      graphql: 'artifact',
      call: () => ({
        path: { key: 'report' },
        args: { by: { latestKey: 'report' } },
        select: LATEST_ARTIFACT.selection,
      }),
      compare: one(LATEST_ARTIFACT),
    },
    {
      rest: 'POST /artifacts/filter',
      graphql: 'artifacts',
      call: () => ({
        body: { ...FILTER.rest, sort: 'ID_DESC' },
        args: {
          filter: FILTER.graphql,
          orderBy: [{ field: 'ID', direction: 'DESC' }],
          first: 5,
        },
        select: `nodes { ${SELECT} }`,
      }),
      compare: many(ARTIFACT),
    },
    {
      rest: 'POST /artifacts/count',
      graphql: 'artifacts',
      call: () => ({ body: FILTER.rest, args: { filter: FILTER.graphql }, select: 'totalCount' }),
      compare: value('totalCount'),
    },
    {
      rest: 'POST /artifacts/latest/filter',
      graphql: 'artifactCollections',
      call: () => ({
        body: { ...FILTER.rest, sort: 'KEY_ASC' },
        args: { filter: FILTER.graphql, ...BY_KEY },
        select: `nodes { ${ARTIFACT_COLLECTION.selection} }`,
      }),
      compare: many(ARTIFACT_COLLECTION),
    },
    {
      rest: 'POST /artifacts/latest/count',
      graphql: 'artifactCollections',
      call: () => ({ body: FILTER.rest, args: { filter: FILTER.graphql }, select: 'totalCount' }),
      compare: value('totalCount'),
    },
    { rest: 'DELETE /artifacts/{id}', graphql: 'deleteArtifact', call: byId('spareArtifact') },
  ],
};

import { z } from 'zod';

import {
  createArtifact,
  deleteArtifact,
  updateArtifact,
} from '#server/commands/artifact/artifact-commands.ts';
import type { Context } from '#server/context.ts';
import { isServerError } from '#server/errors.ts';
import {
  countArtifactCollections,
  filterArtifactCollections,
} from '#server/queries/artifact/filter-artifact-collections.ts';
import { countArtifacts, filterArtifacts } from '#server/queries/artifact/filter-artifacts.ts';
import { readArtifact, readArtifactCollection } from '#server/queries/artifact/read-artifact.ts';
import type { ArtifactFilter } from '#server/queries/filter-types.ts';

import { artifactAnswer, artifactCollectionAnswer } from './answers/artifact.ts';
import { countAnswer } from './answers/parts.ts';
import { parametersBody, wholeBody } from './body.ts';
import { limit, limitWithin, offset } from './page.ts';
import { type Reply, answer, noContent, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import {
  artifactChanges,
  artifactCollectionToWire,
  artifactSort,
  artifactToWire,
  newArtifact,
} from './wire/artifact.ts';
import { artifactCollectionFilter, artifactFilter } from './wire/filters/artifact-filter.ts';
import { combine, given } from './wire/filters/criteria.ts';
import { type Scope, flowRunScope, runScopeShape } from './wire/filters/scope.ts';

const missing = refusal(404, 'Artifact not found.');

const answerDone = async (work: Promise<unknown>): Promise<Reply> => {
  try {
    await work;
    return noContent;
  } catch (error) {
    if (isServerError(error, 'NOT_FOUND')) return missing;
    throw error;
  }
};

/** Artifacts of such flow runs and task runs. */
const artifactScope = ({
  artifacts,
  task_runs: taskRun,
  ...scope
}: Scope & { readonly artifacts?: ArtifactFilter | undefined }): ArtifactFilter => {
  const isOfFlowRun = Object.values(scope).some((filter) => filter !== undefined);
  return combine<ArtifactFilter>('and_', [
    artifacts,
    isOfFlowRun ? { flowRun: flowRunScope(scope) } : undefined,
    given(taskRun, (filter) => ({ taskRun: filter })),
  ]);
};

const singleRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/artifacts/',
    answers: artifactAnswer,
    body: wholeBody(newArtifact),
    handle: async ({ body }) => {
      const { flow_run_id: flowRunId, task_run_id: taskRunId, metadata_: metadata, ...rest } = body;
      const artifact = { ...rest, flowRunId, taskRunId, metadata };
      return answer(artifactToWire(await createArtifact(ctx, artifact)), 201);
    },
  }),
  route({
    method: 'GET',
    path: '/artifacts/{id:uuid}',
    answers: artifactAnswer,
    handle: async ({ param }) => {
      const artifact = await readArtifact(ctx, param('id'));
      return artifact === null ? missing : answer(artifactToWire(artifact));
    },
  }),
  route({
    method: 'GET',
    path: '/artifacts/{key}/latest',
    answers: artifactAnswer,
    handle: async ({ param }) => {
      const collection = await readArtifactCollection(ctx, param('key'));
      // The row of the key is shown as if it were an artifact, its own id included.
      return collection === null ? missing : answer(artifactToWire(collection));
    },
  }),
  route({
    method: 'PATCH',
    path: '/artifacts/{id:uuid}',
    status: 204,
    body: wholeBody(artifactChanges),
    handle: ({ body: { metadata_: metadata, ...rest }, param }) =>
      answerDone(updateArtifact(ctx, { id: param('id'), changes: { ...rest, metadata } })),
  }),
  route({
    method: 'DELETE',
    path: '/artifacts/{id:uuid}',
    status: 204,
    handle: ({ param }) => answerDone(deleteArtifact(ctx, param('id'))),
  }),
];

const shape = { artifacts: artifactFilter.optional(), ...runScopeShape };
const latestShape = { artifacts: artifactCollectionFilter.optional(), ...runScopeShape };

const listRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'POST',
    path: '/artifacts/filter',
    answers: z.array(artifactAnswer),
    body: parametersBody({ sort: artifactSort, limit, offset, ...shape }),
    handle: async ({ body: { sort, limit: asked, offset: start, ...scope } }) => {
      const page = { limit: limitWithin(asked, ctx.settings.api.defaultLimit), offset: start };
      const found = await filterArtifacts(ctx, { filter: artifactScope(scope), sort, page });
      return answer(found.map(artifactToWire));
    },
  }),
  route({
    method: 'POST',
    path: '/artifacts/latest/filter',
    answers: z.array(artifactCollectionAnswer),
    body: parametersBody({ sort: artifactSort, limit, offset, ...latestShape }),
    handle: async ({ body: { sort, limit: asked, offset: start, ...scope } }) => {
      const page = { limit: limitWithin(asked, ctx.settings.api.defaultLimit), offset: start };
      const found = await filterArtifactCollections(ctx, {
        filter: artifactScope(scope),
        sort,
        page,
      });
      return answer(found.map(artifactCollectionToWire));
    },
  }),
  route({
    method: 'POST',
    path: '/artifacts/count',
    answers: countAnswer,
    body: parametersBody(shape),
    handle: async ({ body }) => answer(await countArtifacts(ctx, { filter: artifactScope(body) })),
  }),
  route({
    method: 'POST',
    path: '/artifacts/latest/count',
    answers: countAnswer,
    body: parametersBody(latestShape),
    handle: async ({ body }) =>
      answer(await countArtifactCollections(ctx, { filter: artifactScope(body) })),
  }),
];

/** What clients ask about artifacts and their keys. */
export const artifactRoutes = (ctx: Context): readonly Route[] => [
  ...singleRoutes(ctx),
  ...listRoutes(ctx),
];

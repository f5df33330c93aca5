import {
  createArtifact,
  deleteArtifact,
  updateArtifact,
} from '#server/commands/artifact/artifact-commands.ts';
import type { JsonObject } from '#server/json.ts';

import { InvalidInput, NotFound } from '../errors/classes.ts';
import { defineDeletion, defineMutation, definePayload } from '../shared/define-mutation.ts';
import { storedId } from '../shared/where-unique.ts';
import { Artifact } from './object.ts';

interface Identified {
  readonly id: string;
}

const payloadOf = (mutation: string) =>
  definePayload<Identified>(mutation, (t) => ({
    artifact: t.field({
      type: Artifact,
      description: 'The artifact as it is now.',
      resolve: ({ id }, _args, ctx) =>
        ctx.server.db.prisma.artifact.findUniqueOrThrow({ where: { id } }),
    }),
  }));

/** Metadata are texts; other values become theirs. */
const toMetadata = (metadata: JsonObject | null | undefined) =>
  metadata
    ? Object.fromEntries(
        Object.entries(metadata).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      )
    : metadata;

const requireKey = (key: string | null | undefined): void => {
  if (!key || /^[a-z0-9-]+$/.test(key)) return;
  const message = 'The key of an artifact has only lower case letters, digits and dashes.';
  throw new InvalidInput(message, [{ message, path: ['key'] }]);
};

defineMutation('createArtifact', {
  description: 'Leaves an artifact.',
  input: (t) => ({
    key: t.string({ description: 'What it shares with other artifacts of the same thing.' }),
    type: t.string({ description: 'Its kind, such as markdown or table.' }),
    flowRunId: t.id({ description: 'The id of the flow run that makes it.' }),
    taskRunId: t.id({ description: 'The id of the task run that makes it.' }),
    description: t.string({ description: 'What it is about.' }),
    data: t.field({ type: 'JSON', description: 'Its content.' }),
    metadata: t.field({ type: 'JSONObject', description: 'Notes of its maker.' }),
  }),
  payload: payloadOf('createArtifact'),
  errors: [InvalidInput],
  resolve: async (input, { server }) => {
    requireKey(input.key);
    return createArtifact(server, {
      key: input.key,
      type: input.type,
      description: input.description,
      data: input.data ?? undefined,
      metadata: toMetadata(input.metadata),
      flowRunId: input.flowRunId ? storedId(input.flowRunId) : null,
      taskRunId: input.taskRunId ? storedId(input.taskRunId) : null,
    });
  },
});

defineMutation('updateArtifact', {
  description: 'Changes an artifact. What is left out stays.',
  input: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    description: t.string({ description: 'What it is about.' }),
    data: t.field({ type: 'JSON', description: 'Its content.' }),
    metadata: t.field({ type: 'JSONObject', description: 'Notes of its maker.' }),
  }),
  payload: payloadOf('updateArtifact'),
  errors: [InvalidInput, NotFound],
  resolve: ({ id, description, data, metadata }, { server }) =>
    updateArtifact(server, {
      id: storedId(id),
      changes: { description, data, metadata: toMetadata(metadata) },
    }),
});

defineDeletion('deleteArtifact', {
  description: 'Deletes an artifact.',
  input: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
  resolve: async ({ id }, { server }) => (await deleteArtifact(server, storedId(id))).id,
});

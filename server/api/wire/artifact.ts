import type { ArtifactCollectionRow, ArtifactRow } from '#prisma/tables.ts';
import { formatInstant } from '#server/time.ts';

import { choice, text, uuid } from './pydantic/scalar.ts';
import { anything, dictionaryOf, model } from './pydantic/shapes.ts';

const ARTIFACT_SORTS = ['CREATED_DESC', 'UPDATED_DESC', 'ID_DESC', 'KEY_DESC', 'KEY_ASC'] as const;

export const artifactSort = choice(ARTIFACT_SORTS).default('ID_DESC');

const key = text({
  fault: (given) =>
    /^[a-z0-9-]*$/.test(given)
      ? null
      : 'Artifact key must only contain lowercase letters, numbers, and dashes.',
});

const content = {
  data: anything.optional(),
  description: text().nullable().optional(),
  metadata_: dictionaryOf(text()).nullable().optional(),
};

/** The body that makes an artifact. */
export const newArtifact = model({
  key: key.nullable().optional(),
  type: text().nullable().optional(),
  ...content,
  flow_run_id: uuid.nullable().optional(),
  task_run_id: uuid.nullable().optional(),
});

/** The body that changes an artifact. */
export const artifactChanges = model(content);

export const artifactToWire = (artifact: ArtifactRow) => ({
  id: artifact.id,
  created: formatInstant(artifact.created),
  updated: formatInstant(artifact.updated),
  key: artifact.key,
  type: artifact.type,
  description: artifact.description,
  data: artifact.data,
  metadata_: artifact.metadata,
  flow_run_id: artifact.flowRunId,
  task_run_id: artifact.taskRunId,
});

export const artifactCollectionToWire = ({ latestId, ...collection }: ArtifactCollectionRow) => {
  const { id, created, updated, key: collectionKey, ...rest } = artifactToWire(collection);
  return { id, created, updated, key: collectionKey, latest_id: latestId, ...rest };
};

import type { ArtifactCollectionRow, ArtifactRow } from '#prisma/tables.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  deleteCollection,
  lockCollection,
  readNewestOther,
  upsertCollection,
} from '#server/db/sql/artifact-statements.ts';
import { type EventResource, RESOURCE_ID, RESOURCE_ROLE } from '#server/events/event.ts';
import { lifecycleEvent } from '#server/events/lifecycle-event.ts';
import { recordEvent } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { optionalJson } from '#server/json.ts';

const related = (id: string, role: string): EventResource => ({
  [RESOURCE_ID]: id,
  [RESOURCE_ROLE]: role,
});

function* recordCollection(
  action: 'created' | 'updated' | 'deleted',
  collection: ArtifactCollectionRow,
): Script<void> {
  const { id, key, type, data, description, latestId, flowRunId, taskRunId } = collection;
  yield* recordEvent(
    lifecycleEvent({
      kind: 'artifact-collection',
      action,
      id,
      name: key,
      payload: { key, type, data, description },
      related: [
        related(`prefect.artifact.${latestId}`, 'latest'),
        ...(flowRunId === null ? [] : [related(`prefect.flow-run.${flowRunId}`, 'flow-run')]),
        ...(taskRunId === null ? [] : [related(`prefect.task-run.${taskRunId}`, 'task-run')]),
      ],
    }),
  );
}

function* put(
  base: Pick<ArtifactCollectionRow, 'id' | 'created' | 'updated' | 'key'>,
  { id, type, data, description, metadata, flowRunId, taskRunId }: ArtifactRow,
): Script<ArtifactCollectionRow | null> {
  return yield* one(
    upsertCollection(
      base.id,
      base.created,
      base.updated,
      base.key,
      id,
      type,
      optionalJson(data),
      description,
      optionalJson(metadata),
      flowRunId,
      taskRunId,
    ),
  );
}

/** Makes an artifact the latest of its key, with all that it says and nothing of those before it. */
export function* addToCollection(artifact: ArtifactRow, key: string): Script<void> {
  const stored = yield* one(lockCollection(key));
  const { created, updated } = artifact;
  const base = { id: stored?.id ?? newId(), created: stored?.created ?? created, updated, key };
  const collection = yield* put(base, artifact);
  if (collection !== null)
    yield* recordCollection(stored === null ? 'created' : 'updated', collection);
}

/** Brings the collection up to date with a change of the artifact, if that is the latest of its key. */
export function* refreshCollection(artifact: ArtifactRow, key: string): Script<void> {
  const stored = yield* one(lockCollection(key));
  if (stored?.latestId !== artifact.id) return;
  yield* put({ ...stored, updated: artifact.updated }, artifact);
}

/** Takes an artifact out of its collection: the one before it becomes the latest, without one the key is gone. */
export function* removeFromCollection(artifact: ArtifactRow, key: string): Script<void> {
  const stored = yield* one(lockCollection(key));
  if (stored?.latestId !== artifact.id) return;
  const next = yield* one(readNewestOther(key, artifact.id));
  if (next === null) {
    yield* run(deleteCollection(key));
    yield* recordCollection('deleted', stored);
    return;
  }
  const collection = yield* put({ ...stored, created: next.created, updated: next.updated }, next);
  if (collection !== null) yield* recordCollection('updated', collection);
}

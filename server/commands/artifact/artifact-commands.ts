import type { ArtifactRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  deleteArtifactRow,
  insertArtifact,
  lockArtifact,
  updateArtifactContent,
} from '#server/db/sql/artifact-statements.ts';
import { notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { type JsonValue, optionalJson } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { addToCollection, refreshCollection, removeFromCollection } from './artifact-collection.ts';

export interface NewArtifact {
  /** Artifacts of one key are versions of one thing. */
  readonly key?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly data?: JsonValue | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
  readonly flowRunId?: string | null | undefined;
  readonly taskRunId?: string | null | undefined;
}

/** What is absent stays as it is. */
export type ArtifactChanges = Pick<NewArtifact, 'data' | 'description' | 'metadata'>;

const MAX_METADATA_LENGTH = 500;

const shortened = (metadata: NewArtifact['metadata']): NewArtifact['metadata'] =>
  metadata === null || metadata === undefined
    ? metadata
    : Object.fromEntries(
        Object.entries(metadata).map(([name, text]) => [
          name,
          text.length > MAX_METADATA_LENGTH ? `${text.slice(0, MAX_METADATA_LENGTH)}...` : text,
        ]),
      );

function* requireArtifact(id: string): Script<ArtifactRow> {
  const found = yield* one(lockArtifact(id));
  if (found === null) throw notFound('Artifact', id);
  return found;
}

function* record(
  kind: 'created' | 'updated' | 'deleted',
  { id, flowRunId }: ArtifactRow,
): Script<void> {
  yield* recordChange({ topic: 'artifact', kind, entityId: id, flowRunId });
}

/** Stores an artifact, as the newest of its key if it has one. Long metadata values are cut at 500 characters. */
export const createArtifact = (ctx: Context, artifact: NewArtifact): Promise<ArtifactRow> =>
  ctx.db.write(function* () {
    const now = nowMicros();
    const key = artifact.key ?? null;
    const row = yield* one(
      insertArtifact(
        newId(),
        now,
        now,
        key,
        artifact.type ?? null,
        optionalJson(artifact.data),
        artifact.description ?? null,
        optionalJson(shortened(artifact.metadata)),
        artifact.flowRunId ?? null,
        artifact.taskRunId ?? null,
      ),
    );
    if (row === null) throw new Error('An insert gave no row.');
    if (key !== null) yield* addToCollection(row, key);
    yield* record('created', row);
    return row;
  });

/** Changes an artifact and, where it is the latest, its collection. NOT_FOUND when there is none. */
export const updateArtifact = (
  ctx: Context,
  { id, changes }: { readonly id: string; readonly changes: ArtifactChanges },
): Promise<ArtifactRow> =>
  ctx.db.write(function* () {
    const stored = yield* requireArtifact(id);
    const row = {
      ...stored,
      data: changes.data === undefined ? stored.data : changes.data,
      description: changes.description === undefined ? stored.description : changes.description,
      metadata:
        changes.metadata === undefined ? stored.metadata : (shortened(changes.metadata) ?? null),
      updated: nowMicros(),
    };
    yield* run(
      updateArtifactContent(
        optionalJson(row.data),
        row.description,
        optionalJson(row.metadata),
        row.updated,
        id,
      ),
    );
    if (row.key !== null) yield* refreshCollection(row, row.key);
    yield* record('updated', row);
    return row;
  });

/** Removes an artifact; the one before it becomes the latest of its key. NOT_FOUND when there is none. */
export const deleteArtifact = (ctx: Context, id: string): Promise<ArtifactRow> =>
  ctx.db.write(function* () {
    const stored = yield* requireArtifact(id);
    if (stored.key !== null) yield* removeFromCollection(stored, stored.key);
    yield* run(deleteArtifactRow(id));
    yield* record('deleted', stored);
    return stored;
  });

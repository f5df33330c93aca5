import { type Script, run } from '#server/db/script.ts';
import {
  insertResultArtifact,
  upsertLatestArtifact,
} from '#server/db/sql/insert-result-artifact.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject, optionalJson } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { isStored } from './state-data.ts';

export interface ResultOwner {
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
}

const LIFTED = ['artifact_key', 'artifact_type', 'artifact_description'] as const;

const lifted = (data: JsonObject, name: (typeof LIFTED)[number]): string | null => {
  const value = data[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

const withoutLifted = (data: JsonValue): JsonValue =>
  isJsonObject(data)
    ? Object.fromEntries(
        Object.entries(data).filter(([name]) => !LIFTED.some((one) => one === name)),
      )
    : data;

/** Keeps a state's data as an artifact and gives the artifact's id; null when there is nothing to keep. */
export function* storeResult(data: JsonValue, owner: ResultOwner): Script<string | null> {
  if (!isStored(data)) return null;
  const about = isJsonObject(data) ? data : {};
  const id = newId();
  const now = nowMicros();
  const artifact = {
    id,
    created: now,
    updated: now,
    key: lifted(about, 'artifact_key'),
    type: lifted(about, 'artifact_type'),
    description: lifted(about, 'artifact_description'),
    data: withoutLifted(data),
    metadata: null,
    ...owner,
  };
  yield* run(insertResultArtifact(artifact));
  if (artifact.key !== null) {
    const { key, type, description } = artifact;
    const stored = optionalJson(artifact.data);
    const { flowRunId, taskRunId } = owner;
    yield* run(
      upsertLatestArtifact(
        newId(),
        now,
        now,
        key,
        id,
        type,
        stored,
        description,
        flowRunId,
        taskRunId,
      ),
    );
  }
  return id;
}

import { type Script, run } from '#server/db/script.ts';
import { insertArtifact, upsertCollection } from '#server/db/sql/artifact-statements.ts';
import { recordChange } from '#server/events/record.ts';
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
  const key = lifted(about, 'artifact_key');
  const content = [
    lifted(about, 'artifact_type'),
    optionalJson(withoutLifted(data)),
    lifted(about, 'artifact_description'),
    null,
    owner.flowRunId,
    owner.taskRunId,
  ] as const;
  yield* run(insertArtifact(id, now, now, key, ...content));
  if (key !== null) yield* run(upsertCollection(newId(), now, now, key, id, ...content));
  const { flowRunId } = owner;
  yield* recordChange({ topic: 'artifact', kind: 'created', entityId: id, flowRunId });
  return id;
}

import type { ArtifactRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';
import { insertOf } from './row-writes.ts';

export const insertResultArtifact = insertOf<ArtifactRow>('artifact', [
  'id',
  'created',
  'updated',
  'key',
  'type',
  'data',
  'description',
  'metadata',
  'flowRunId',
  'taskRunId',
]);

/** Makes an artifact the latest of its key. */
export const upsertLatestArtifact = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    key: string,
    latestId: string,
    type: string | null,
    data: JsonText | null,
    description: string | null,
    flowRunId: string | null,
    taskRunId: string | null,
  ]
>(
  `INSERT INTO artifact_collection
    (id, created, updated, key, latest_id, type, data, description, flow_run_id, task_run_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET updated = excluded.updated, latest_id = excluded.latest_id,
    type = excluded.type, data = excluded.data, description = excluded.description,
    flow_run_id = excluded.flow_run_id, task_run_id = excluded.task_run_id`,
);

import type { ArtifactCollectionRow, ArtifactRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

type Content = [
  type: string | null,
  data: JsonText | null,
  description: string | null,
  metadata: JsonText | null,
  flowRunId: string | null,
  taskRunId: string | null,
];

export const lockArtifact = statement<[id: string], ArtifactRow>(
  'SELECT * FROM artifact WHERE id = ? FOR UPDATE',
);

export const insertArtifact = statement<
  [id: string, created: Micros, updated: Micros, key: string | null, ...Content],
  ArtifactRow
>(
  `INSERT INTO artifact (id, created, updated, key, type, data, description, metadata, flow_run_id, task_run_id)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
);

export const updateArtifactContent = statement<
  [
    data: JsonText | null,
    description: string | null,
    metadata: JsonText | null,
    updated: Micros,
    id: string,
  ]
>('UPDATE artifact SET data = ?, description = ?, metadata = ?, updated = ? WHERE id = ?');

export const deleteArtifactRow = statement<[id: string]>('DELETE FROM artifact WHERE id = ?');

/** The newest artifact of a key but for one. */
export const readNewestOther = statement<[key: string, id: string], ArtifactRow>(
  'SELECT * FROM artifact WHERE key = ? AND id <> ? ORDER BY created DESC LIMIT 1',
);

export const lockCollection = statement<[key: string], ArtifactCollectionRow>(
  'SELECT * FROM artifact_collection WHERE key = ? FOR UPDATE',
);

/** Points the collection of a key at its newest artifact, whose content it repeats; made when there is none. */
export const upsertCollection = statement<
  [id: string, created: Micros, updated: Micros, key: string, latestId: string, ...Content],
  ArtifactCollectionRow
>(
  `INSERT INTO artifact_collection
     (id, created, updated, key, latest_id, type, data, description, metadata, flow_run_id, task_run_id)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
   ON CONFLICT (key) DO UPDATE SET created = excluded.created, updated = excluded.updated,
     latest_id = excluded.latest_id, type = excluded.type, data = excluded.data, description = excluded.description,
     metadata = excluded.metadata, flow_run_id = excluded.flow_run_id, task_run_id = excluded.task_run_id
   RETURNING *`,
);

export const deleteCollection = statement<[key: string]>(
  'DELETE FROM artifact_collection WHERE key = ?',
);

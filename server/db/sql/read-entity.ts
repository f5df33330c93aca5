import type {
  ArtifactCollectionRow,
  ArtifactRow,
  FlowRow,
  VariableRow,
  WorkPoolRow,
  WorkQueueRow,
} from '#prisma/tables.ts';

import { statement } from '../statement.ts';

export const readFlowRow = statement<[id: string], FlowRow>('SELECT * FROM flow WHERE id = ?');

export const readFlowRowByName = statement<[name: string], FlowRow>(
  'SELECT * FROM flow WHERE name = ?',
);

export const readArtifactRow = statement<[id: string], ArtifactRow>(
  'SELECT * FROM artifact WHERE id = ?',
);

/** The newest artifact of a key. */
export const readArtifactCollectionRow = statement<[key: string], ArtifactCollectionRow>(
  'SELECT * FROM artifact_collection WHERE key = ?',
);

export const readVariableRow = statement<[id: string], VariableRow>(
  'SELECT * FROM variable WHERE id = ?',
);

export const readVariableRowByName = statement<[name: string], VariableRow>(
  'SELECT * FROM variable WHERE name = ?',
);

export const readWorkPoolRow = statement<[id: string], WorkPoolRow>(
  'SELECT * FROM work_pool WHERE id = ?',
);

export const readWorkPoolRowByName = statement<[name: string], WorkPoolRow>(
  'SELECT * FROM work_pool WHERE name = ?',
);

export type WorkQueueViewRow = WorkQueueRow & { readonly workPoolName: string };

const WORK_QUEUE =
  'SELECT work_queue.*, work_pool.name AS work_pool_name FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id';

export const readWorkQueueView = statement<[id: string], WorkQueueViewRow>(
  `${WORK_QUEUE} WHERE work_queue.id = ?`,
);

export const readWorkQueueViewByName = statement<
  [workPool: string, name: string],
  WorkQueueViewRow
>(`${WORK_QUEUE} WHERE work_pool.name = ? AND work_queue.name = ?`);

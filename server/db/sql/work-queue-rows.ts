import type { WorkQueueRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';
import type { JsonText } from '#server/json.ts';

import { withLists } from './json-list.ts';

export const readWorkQueueRow = statement<[id: string], WorkQueueRow>(
  'SELECT * FROM work_queue WHERE id = ?',
);

export const readWorkQueueRowByName = statement<[workPoolId: string, name: string], WorkQueueRow>(
  'SELECT * FROM work_queue WHERE work_pool_id = ? AND name = ?',
);

export const listWorkQueuesOfPool = statement<[workPoolId: string], WorkQueueRow>(
  'SELECT * FROM work_queue WHERE work_pool_id = ? ORDER BY priority, name',
);

/** Keeps the queues of a pool. */
export const lockWorkQueuesOfPool = statement<[workPoolId: string], WorkQueueRow>(
  'SELECT * FROM work_queue WHERE work_pool_id = ? ORDER BY id FOR UPDATE',
);

/** Keeps the queues of a JSON list from being removed, which whoever is to write what points to them does first. */
export const shareWorkQueues = statement<[ids: JsonText]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL',
  postgresql: `SELECT id FROM work_queue
    WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR KEY SHARE`,
});

/** Takes some of the runs in the queues of a JSON list out of them, and tells which. */
export const detachSomeRuns = statement<
  [workQueueIds: JsonText, limit: number],
  { readonly id: string }
>(
  withLists(
    (list) => `UPDATE flow_run SET work_queue_id = NULL WHERE id IN (SELECT id FROM flow_run
      WHERE work_queue_id IN ${list} ORDER BY id LIMIT ? FOR NO KEY UPDATE) RETURNING id`,
  ),
);

/** Keeps the deployments in the queues of a JSON list, which lose them. */
export const lockDeploymentsInQueues = statement<[workQueueIds: JsonText]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL',
  postgresql: `SELECT id FROM deployment
    WHERE work_queue_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR UPDATE`,
});

/** Keeps the runs in the queues of a JSON list, which lose them. */
export const lockRunsInQueues = statement<[workQueueIds: JsonText]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL',
  postgresql: `SELECT id FROM flow_run
    WHERE work_queue_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR NO KEY UPDATE`,
});

export const updateWorkQueuePriority = statement<[priority: number, updated: number, id: string]>(
  'UPDATE work_queue SET priority = ?, updated = ? WHERE id = ?',
);

export const deleteWorkQueueRow = statement<[id: string]>('DELETE FROM work_queue WHERE id = ?');

import type { WorkQueueRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';

export const readWorkQueueRow = statement<[id: string], WorkQueueRow>(
  'SELECT * FROM work_queue WHERE id = ?',
);

export const lockWorkQueue = statement<[id: string], WorkQueueRow>(
  'SELECT * FROM work_queue WHERE id = ? FOR UPDATE',
);

export const readWorkQueueRowByName = statement<[workPoolId: string, name: string], WorkQueueRow>(
  'SELECT * FROM work_queue WHERE work_pool_id = ? AND name = ?',
);

export const listWorkQueuesOfPool = statement<[workPoolId: string], WorkQueueRow>(
  'SELECT * FROM work_queue WHERE work_pool_id = ? ORDER BY priority, name',
);

export const updateWorkQueuePriority = statement<[priority: number, updated: number, id: string]>(
  'UPDATE work_queue SET priority = ?, updated = ? WHERE id = ?',
);

export const deleteWorkQueueRow = statement<[id: string]>('DELETE FROM work_queue WHERE id = ?');

import type { WorkPoolRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';

export const lockWorkPool = statement<[id: string], WorkPoolRow>(
  'SELECT * FROM work_pool WHERE id = ? FOR UPDATE',
);

export const lockWorkPoolByName = statement<[name: string], WorkPoolRow>(
  'SELECT * FROM work_pool WHERE name = ? FOR UPDATE',
);

/** The pool of a queue. */
export const readWorkPoolOfQueue = statement<[workQueueId: string], WorkPoolRow>(
  `SELECT work_pool.* FROM work_pool
   JOIN work_queue ON work_queue.work_pool_id = work_pool.id WHERE work_queue.id = ?`,
);

import type { WorkPoolRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';

export const lockWorkPool = statement<[id: string], WorkPoolRow>(
  'SELECT * FROM work_pool WHERE id = ? FOR UPDATE',
);

export const lockWorkPoolByName = statement<[name: string], WorkPoolRow>(
  'SELECT * FROM work_pool WHERE name = ? FOR UPDATE',
);

/** Keeps a pool from being removed, which does not hold up others who do the same. */
export const shareWorkPool = statement<[id: string]>(
  'SELECT id FROM work_pool WHERE id = ? FOR KEY SHARE',
);

/**
 * Lets nobody else count the slots of a pool until the end of the transaction. This is no lock on the pool's row: who
 * removes the pool keeps that before the runs in it, and who counts has kept his run already.
 */
export const keepPoolSlots = statement<[id: string]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL',
  postgresql:
    "SELECT pg_advisory_xact_lock(hashtextextended('work-pool-slots ' || CAST(? AS TEXT), 0))",
});

/** The pool of a queue. */
export const readWorkPoolOfQueue = statement<[workQueueId: string], WorkPoolRow>(
  `SELECT work_pool.* FROM work_pool
   JOIN work_queue ON work_queue.work_pool_id = work_pool.id WHERE work_queue.id = ?`,
);

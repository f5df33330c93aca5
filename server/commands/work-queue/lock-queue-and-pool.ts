import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import { type Script, one } from '#server/db/script.ts';
import { lockWorkPool } from '#server/db/sql/work-pool-rows.ts';
import { lockWorkQueue, readWorkQueueRow } from '#server/db/sql/work-queue-rows.ts';

import { workQueueNotFound } from './not-found.ts';

/** A queue and its pool, kept for this transaction. NOT_FOUND for an unknown queue. */
export function* lockQueueAndPool(
  id: string,
): Script<{ readonly queue: WorkQueueRow; readonly pool: WorkPoolRow }> {
  const found = yield* one(readWorkQueueRow(id));
  if (found === null) throw workQueueNotFound(id);
  // The pool comes first, as for whoever removes it with all its queues.
  const pool = yield* one(lockWorkPool(found.workPoolId));
  const queue = yield* one(lockWorkQueue(id));
  if (pool === null || queue === null) throw workQueueNotFound(id);
  return { queue, pool };
}

import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import { lockWorkPool } from '#server/db/sql/work-pool-rows.ts';
import { lockWorkQueuesOfPool, readWorkQueueRow } from '#server/db/sql/work-queue-rows.ts';

import { workQueueNotFound } from './not-found.ts';

/** A queue and its pool, kept for this transaction with the pool's other queues. NOT_FOUND for an unknown queue. */
export function* lockQueueAndPool(
  id: string,
): Script<{ readonly queue: WorkQueueRow; readonly pool: WorkPoolRow }> {
  const found = yield* one(readWorkQueueRow(id));
  if (found === null) throw workQueueNotFound(id);
  // The pool comes first, as for whoever removes it with all its queues.
  const pool = yield* one(lockWorkPool(found.workPoolId));
  // A change of one may move the others, and whoever polls several of them keeps them in this order.
  const queues = yield* rows(lockWorkQueuesOfPool(found.workPoolId));
  const queue = queues.find((candidate) => candidate.id === id);
  if (pool === null || queue === undefined) throw workQueueNotFound(id);
  return { queue, pool };
}

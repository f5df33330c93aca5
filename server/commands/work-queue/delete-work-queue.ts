import type { Context } from '#server/context.ts';
import { type Script, rows, run } from '#server/db/script.ts';
import {
  deleteWorkQueueRow,
  listWorkQueuesOfPool,
  updateWorkQueuePriority,
} from '#server/db/sql/work-queue-rows.ts';
import { ServerError } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { nowMicros } from '#server/time.ts';

import { lockQueueAndPool } from './lock-queue-and-pool.ts';
import { withDistinctPriorities } from './priorities.ts';
import { recordWorkQueueEvent } from './work-queue-events.ts';

interface DeleteWorkQueue {
  readonly id: string;
  /** Whether the other queues keep their priorities, even where two have the same. */
  readonly areOthersKept?: boolean;
}

function* partPriorities(workPoolId: string): Script<void> {
  const left = yield* rows(listWorkQueuesOfPool(workPoolId));
  for (const [index, { id, priority }] of withDistinctPriorities(left).entries()) {
    if (left[index]?.priority === priority) continue;
    yield* run(updateWorkQueuePriority(priority, nowMicros(), id));
  }
}

/** Removes a queue. NOT_FOUND for an unknown one, CONFLICT for the default queue of a pool. */
export const deleteWorkQueue = (
  ctx: Context,
  { id, areOthersKept = false }: DeleteWorkQueue,
): Promise<{ readonly id: string }> =>
  ctx.db.write(function* () {
    const { queue, pool } = yield* lockQueueAndPool(id);
    if (pool.defaultQueueId === id) {
      throw new ServerError('CONFLICT', "Can't delete a pool's default queue.", {
        details: { constraint: 'foreign_key', currentId: id },
      });
    }
    yield* recordWorkQueueEvent({ queue, pool, action: 'deleted' });
    yield* run(deleteWorkQueueRow(id));
    if (!areOthersKept) yield* partPriorities(pool.id);
    yield* recordChange({ topic: 'work-queue', kind: 'deleted', entityId: id });
    return { id };
  });

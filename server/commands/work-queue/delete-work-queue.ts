import type { WorkPoolRow } from '#prisma/tables.ts';
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

import { detachRuns, keepContents } from './empty-queues.ts';
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
export const deleteWorkQueue = async (
  ctx: Context,
  { id, areOthersKept = false }: DeleteWorkQueue,
): Promise<{ readonly id: string }> => {
  const requireRemovable = ({ pool }: { readonly pool: WorkPoolRow }): void => {
    if (pool.defaultQueueId !== id) return;
    throw new ServerError('CONFLICT', "Can't delete a pool's default queue.", {
      details: { constraint: 'foreign_key', currentId: id },
    });
  };
  await ctx.db.write(function* () {
    requireRemovable(yield* lockQueueAndPool(id));
  });
  await detachRuns(ctx, [id]);
  return ctx.db.write(function* () {
    const found = yield* lockQueueAndPool(id);
    requireRemovable(found);
    const { queue, pool } = found;
    yield* keepContents([id]);
    yield* recordWorkQueueEvent({ queue, pool, action: 'deleted' });
    yield* run(deleteWorkQueueRow(id));
    if (!areOthersKept) yield* partPriorities(pool.id);
    yield* recordChange({ topic: 'work-queue', kind: 'deleted', entityId: id });
    return { id };
  });
};

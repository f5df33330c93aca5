import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import { recordWorkQueueEvent } from '#server/commands/work-queue/work-queue-events.ts';
import type { Context } from '#server/context.ts';
import { one, rows, run } from '#server/db/script.ts';
import { lockWorkPoolByName } from '#server/db/sql/work-pool-rows.ts';
import { listWorkQueuesOfPool } from '#server/db/sql/work-queue-rows.ts';
import { ServerError } from '#server/errors.ts';

import { isReservedPoolName } from './create-work-pool.ts';
import { recordWorkPoolDeleted } from './work-pool-events.ts';

/** Removes a work pool with its queues and workers. NOT_FOUND for an unknown one, PROTECTED for reserved ones. */
export const deleteWorkPool = async (
  ctx: Context,
  { name }: { readonly name: string },
): Promise<{ readonly id: string }> => {
  if (isReservedPoolName(name)) {
    throw new ServerError(
      'PROTECTED',
      "Work pools starting with 'Prefect' are reserved for internal use and can not be deleted.",
    );
  }
  return ctx.db.write(function* () {
    const pool = yield* one(lockWorkPoolByName(name));
    if (pool === null) throw workPoolNotFound(name);
    for (const queue of yield* rows(listWorkQueuesOfPool(pool.id))) {
      yield* recordWorkQueueEvent({ queue, pool, action: 'deleted' });
    }
    yield* recordWorkPoolDeleted(pool);
    yield* run(ctx.db.builder.deleteFrom('workPool').where('id', '=', pool.id));
    return { id: pool.id };
  });
};

import { detachRuns, keepContents } from '#server/commands/work-queue/empty-queues.ts';
import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import { recordWorkQueueEvent } from '#server/commands/work-queue/work-queue-events.ts';
import type { Context } from '#server/context.ts';
import { one, rows, run } from '#server/db/script.ts';
import { readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { lockWorkPoolByName } from '#server/db/sql/work-pool-rows.ts';
import { listWorkQueuesOfPool, lockWorkQueuesOfPool } from '#server/db/sql/work-queue-rows.ts';
import { ServerError } from '#server/errors.ts';

import { isReservedPoolName } from './create-work-pool.ts';
import { recordWorkPoolDeleted } from './work-pool-events.ts';

const idsOf = (rowsOf: readonly { readonly id: string }[]): readonly string[] =>
  rowsOf.map(({ id }) => id);

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
  const known = await ctx.db.read(function* () {
    const pool = yield* one(readWorkPoolRowByName(name));
    return pool === null ? [] : yield* rows(listWorkQueuesOfPool(pool.id));
  });
  await detachRuns(ctx, idsOf(known));
  return ctx.db.write(function* () {
    const pool = yield* one(lockWorkPoolByName(name));
    if (pool === null) throw workPoolNotFound(name);
    yield* keepContents(idsOf(yield* rows(lockWorkQueuesOfPool(pool.id))));
    for (const queue of yield* rows(listWorkQueuesOfPool(pool.id))) {
      yield* recordWorkQueueEvent({ queue, pool, action: 'deleted' });
    }
    yield* recordWorkPoolDeleted(pool);
    yield* run(ctx.db.builder.deleteFrom('workPool').where('id', '=', pool.id));
    return { id: pool.id };
  });
};

import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { deleteWorkerRow } from '#server/db/sql/worker-heartbeat.ts';
import { ServerError } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';

/** Forgets a worker. NOT_FOUND when the pool or the worker is unknown. */
export const deleteWorker = (
  ctx: Context,
  { workPoolName, name }: { readonly workPoolName: string; readonly name: string },
): Promise<{ readonly id: string }> =>
  ctx.db.write(function* () {
    const pool = yield* one(readWorkPoolRowByName(workPoolName));
    if (pool === null) throw workPoolNotFound(workPoolName);
    const worker = yield* one(deleteWorkerRow(pool.id, name));
    if (worker === null) {
      throw new ServerError('NOT_FOUND', 'Worker not found.', {
        details: { kind: 'Worker', key: name },
      });
    }
    yield* recordChange({ topic: 'worker', kind: 'deleted', entityId: worker.id });
    return worker;
  });

import type { WorkerRow } from '#prisma/tables.ts';
import { setWorkPoolStatus } from '#server/commands/work-pool/update-work-pool.ts';
import { workPoolNotFound } from '#server/commands/work-queue/not-found.ts';
import type { Context } from '#server/context.ts';
import { one, run } from '#server/db/script.ts';
import { readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { lockWorkPool, shareWorkPool } from '#server/db/sql/work-pool-rows.ts';
import { upsertWorker } from '#server/db/sql/worker-heartbeat.ts';
import { notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, optionalJson } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

export interface WorkerHeartbeat {
  readonly workPoolName: string;
  readonly name: string;
  readonly heartbeatIntervalSeconds?: number | null | undefined;
  /** What it tells of itself. */
  readonly metadata?: JsonObject | null | undefined;
  /** The type of the pools it is made for; only workers that use the channel tell it. */
  readonly type?: string | null | undefined;
}

/** Notes that a worker is alive, which makes a pool ready that was not. NOT_FOUND for an unknown pool. */
export const recordWorkerHeartbeat = (
  ctx: Context,
  { workPoolName, name, heartbeatIntervalSeconds = null, metadata, type = null }: WorkerHeartbeat,
): Promise<WorkerRow> =>
  ctx.db.write(function* () {
    const pool = yield* one(readWorkPoolRowByName(workPoolName));
    if (pool === null) throw workPoolNotFound(workPoolName);
    // The heartbeats of the many workers of a ready pool need not wait for each other. The pool comes before its
    // workers, as for whoever removes it.
    const locked = pool.status === 'NOT_READY' ? yield* one(lockWorkPool(pool.id)) : null;
    if (locked === null) yield* run(shareWorkPool(pool.id));
    const now = nowMicros();
    const worker = yield* one(
      upsertWorker(
        newId(),
        now,
        now,
        name,
        pool.id,
        now,
        heartbeatIntervalSeconds,
        optionalJson(metadata),
        type,
      ),
    );
    if (worker === null) throw notFound('Worker', name);
    if (locked?.status === 'NOT_READY')
      yield* setWorkPoolStatus(ctx, { before: locked, status: 'READY' });
    const kind = worker.created === now ? 'created' : 'updated';
    yield* recordChange({ topic: 'worker', kind, entityId: worker.id });
    return worker;
  });

import type { WorkerRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';
import type { JsonText } from '#server/json.ts';

/** A worker that does not name its interval or its type, or tell of itself, keeps what it told before. */
export const upsertWorker = statement<
  [
    id: string,
    created: number,
    updated: number,
    name: string,
    workPoolId: string,
    lastHeartbeatTime: number,
    heartbeatIntervalSeconds: number | null,
    metadata: JsonText | null,
    type: string | null,
  ],
  WorkerRow
>(
  `INSERT INTO worker (id, created, updated, name, work_pool_id, last_heartbeat_time, heartbeat_interval_seconds, metadata, type, status)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'ONLINE')
   ON CONFLICT (work_pool_id, name) DO UPDATE SET
     updated = excluded.updated,
     last_heartbeat_time = excluded.last_heartbeat_time,
     heartbeat_interval_seconds = COALESCE(excluded.heartbeat_interval_seconds, worker.heartbeat_interval_seconds),
     metadata = COALESCE(excluded.metadata, worker.metadata),
     type = COALESCE(excluded.type, worker.type),
     status = 'ONLINE'
   RETURNING *`,
);

/** Workers of a pool whose last heartbeat is no older than some times their interval. */
export const countOnlineWorkers = statement<
  [workPoolId: string, multiple: number, fallbackSeconds: number, now: number],
  { readonly total: number }
>(
  `SELECT count(*) AS total FROM worker WHERE work_pool_id = ?
   AND last_heartbeat_time + CAST(? AS BIGINT) * 1000000 * CASE WHEN heartbeat_interval_seconds > 0
     THEN heartbeat_interval_seconds ELSE CAST(? AS BIGINT) END >= CAST(? AS BIGINT)`,
);

export const deleteWorkerRow = statement<
  [workPoolId: string, name: string],
  { readonly id: string }
>('DELETE FROM worker WHERE work_pool_id = ? AND name = ? RETURNING id');

/** The workers of a pool, the one that was heard of last first. */
export const listWorkersOfPool = statement<[workPoolId: string], WorkerRow>(
  'SELECT * FROM worker WHERE work_pool_id = ? ORDER BY last_heartbeat_time DESC, id',
);

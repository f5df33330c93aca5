import type { DeploymentRow, WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';

/** Workers that count as online and were silent for some times their interval go offline. */
export const markSilentWorkers = statement<
  [updated: number, multiple: number, fallbackSeconds: number, now: number],
  { readonly id: string }
>(
  `UPDATE worker SET status = 'OFFLINE', updated = ? WHERE status = 'ONLINE'
   AND last_heartbeat_time + CAST(? AS BIGINT) * 1000000 * COALESCE(heartbeat_interval_seconds, CAST(? AS BIGINT)) < CAST(? AS BIGINT)
   RETURNING id`,
);

/** Ready pools none of whose workers is online. */
export const lockPoolsWithoutWorkers = statement<[], WorkPoolRow>(
  `SELECT * FROM work_pool WHERE status = 'READY' AND NOT EXISTS (
     SELECT 1 FROM worker WHERE worker.work_pool_id = work_pool.id AND worker.status = 'ONLINE')
   ORDER BY id FOR NO KEY UPDATE`,
);

/** Ready queues whose runs nobody asked for since an instant. */
export const lockSilentQueues = statement<[since: number], WorkQueueRow>(
  `SELECT * FROM work_queue WHERE status = 'READY' AND last_polled < CAST(? AS BIGINT)
   ORDER BY id FOR NO KEY UPDATE`,
);

export const setWorkQueueStatus = statement<[status: string, updated: number, id: string]>(
  'UPDATE work_queue SET status = ?, updated = ? WHERE id = ?',
);

/** Ready deployments that nobody asked for since an instant, neither by their id nor by their queue. */
export const lockSilentDeployments = statement<[since: number, again: number], DeploymentRow>(
  `SELECT * FROM deployment WHERE status = 'READY' AND last_polled < CAST(? AS BIGINT)
   AND NOT EXISTS (SELECT 1 FROM work_queue WHERE work_queue.id = deployment.work_queue_id
     AND work_queue.last_polled >= CAST(? AS BIGINT))
   ORDER BY id FOR NO KEY UPDATE`,
);

/** A status does not count as a change of the deployment, whose runs would be planned anew. */
export const setDeploymentStatus = statement<[status: string, id: string]>(
  'UPDATE deployment SET status = ? WHERE id = ?',
);

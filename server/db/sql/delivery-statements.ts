import type { DeliveryRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { type SqlValue, statement } from '../statement.ts';
import { withLists } from './json-list.ts';

/** What may be handed out: runs, and what is left to be removed of runs. */
export type DeliveryKind = 'FLOW_RUN' | 'TASK_RUN' | 'CLEANUP';

/** Puts a thing into a queue; one that is there already waits anew. */
export const enqueueDelivery = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    kind: DeliveryKind,
    queue: string,
    key: string,
    priority: number,
    availableAt: Micros,
    data: JsonText,
  ]
>(
  `INSERT INTO delivery (id, created, updated, kind, queue, key, priority, available_at, status, delivery_count, data)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'WAITING', 0, ?)
   ON CONFLICT (kind, key) DO UPDATE SET updated = excluded.updated, queue = excluded.queue,
     priority = excluded.priority, available_at = excluded.available_at, status = 'WAITING',
     holder = NULL, lease_token = NULL, lease_expires = NULL, delivery_count = 0`,
);

/** Puts a thing into a queue, once and for all: one that was ever there under the key is left as it is. */
export const enqueueDeliveryOnce = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    kind: DeliveryKind,
    queue: string,
    key: string,
    priority: number,
    availableAt: Micros,
    data: JsonText,
  ],
  DeliveryRow
>(
  `INSERT INTO delivery (id, created, updated, kind, queue, key, priority, available_at, status, delivery_count, data)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'WAITING', 0, ?)
   ON CONFLICT (kind, key) DO NOTHING RETURNING *`,
);

/** Those of the queues of a JSON list in which something waits: one look into the index for each. */
export const readWaitingQueues = statement<
  [queues: SqlValue, kind: DeliveryKind, now: Micros],
  { readonly queue: string }
>({
  sqlite: `SELECT asked.value AS queue FROM json_each(?) AS asked
    WHERE EXISTS (SELECT 1 FROM delivery WHERE kind = ? AND queue = asked.value AND status = 'WAITING'
      AND available_at <= ?)`,
  postgresql: `SELECT asked.queue FROM jsonb_array_elements_text(CAST(? AS JSONB)) AS asked(queue)
    WHERE EXISTS (SELECT 1 FROM delivery WHERE kind = ? AND queue = asked.queue AND status = 'WAITING'
      AND available_at <= ?)`,
});

/** Leases what waits longest in a queue, unless somebody is just taking it: then the next one. */
export const leaseNextDelivery = statement<
  [
    holder: string,
    leaseToken: string,
    leaseExpires: Micros,
    updated: Micros,
    counted: number,
    kind: DeliveryKind,
    queue: string,
    now: Micros,
  ],
  DeliveryRow
>(
  `UPDATE delivery SET status = 'LEASED', holder = ?, lease_token = ?, lease_expires = ?, updated = ?,
     delivery_count = delivery_count + CAST(? AS INTEGER)
   WHERE id = (SELECT id FROM delivery WHERE kind = ? AND queue = ? AND status = 'WAITING' AND available_at <= ?
     ORDER BY priority, available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
   RETURNING *`,
);

/** Leases one thing that is known to wait. */
export const leaseDelivery = statement<
  [holder: string, leaseToken: string, leaseExpires: Micros, updated: Micros, id: string],
  DeliveryRow
>(
  `UPDATE delivery SET status = 'LEASED', holder = ?, lease_token = ?, lease_expires = ?, updated = ?,
     delivery_count = delivery_count + 1
   WHERE id = ? AND status = 'WAITING' RETURNING *`,
);

/**
 * The first cleanup of a pool that a worker can do, kept for this transaction: of one of the kinds and, unless it takes
 * any, of one of the queues of JSON lists.
 */
export const lockWaitingCleanup = statement<
  [workPoolId: string, now: Micros, kinds: JsonText, takesAny: 0 | 1, workQueueIds: JsonText],
  DeliveryRow
>(
  withLists(
    (list) => `SELECT * FROM delivery
      WHERE kind = 'CLEANUP' AND queue = ? AND status = 'WAITING' AND available_at <= ?
        AND data ->> 'kind' IN ${list}
        AND (CAST(? AS INTEGER) = 1 OR data ->> 'work_queue_id' IN ${list})
      ORDER BY priority, available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`,
  ),
);

/** Leases a flow run, unless somebody holds it or it was given up; no row comes back then. */
export const leaseFlowRunDelivery = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    workQueueId: string,
    flowRunId: string,
    availableAt: Micros,
    holder: string,
    leaseToken: string,
    leaseExpires: Micros,
    data: JsonText,
    now: Micros,
    nowAgain: Micros,
  ],
  DeliveryRow
>(
  `INSERT INTO delivery (id, created, updated, kind, queue, key, priority, available_at, status, holder, lease_token,
     lease_expires, delivery_count, data)
   VALUES (?, ?, ?, 'FLOW_RUN', ?, ?, 0, ?, 'LEASED', ?, ?, ?, 1, ?)
   ON CONFLICT (kind, key) DO UPDATE SET updated = excluded.updated, queue = excluded.queue, status = 'LEASED',
     holder = excluded.holder, lease_token = excluded.lease_token, lease_expires = excluded.lease_expires,
     delivery_count = delivery.delivery_count + 1
   WHERE delivery.available_at <= ? AND (delivery.status = 'WAITING'
     OR (delivery.status = 'LEASED' AND delivery.lease_expires <= ?))
   RETURNING *`,
);

export const lockDelivery = statement<[id: string], DeliveryRow>(
  'SELECT * FROM delivery WHERE id = ? FOR UPDATE',
);

export const deleteDelivery = statement<[id: string]>('DELETE FROM delivery WHERE id = ?');

/** Ends a thing that is kept so that it does not come again. */
export const closeDelivery = statement<[status: 'DONE' | 'DEAD', updated: Micros, id: string]>(
  `UPDATE delivery SET status = ?, updated = ?, lease_expires = NULL WHERE id = ?`,
);

/** Puts a thing back, before all others; its token is kept, so that who is late with an answer is still known. */
export const returnDelivery = statement<[updated: Micros, availableAt: Micros, id: string]>(
  `UPDATE delivery SET status = 'WAITING', priority = 0, updated = ?, available_at = ?, lease_expires = NULL WHERE id = ?`,
);

export const renewDeliveryLease = statement<[updated: Micros, leaseExpires: Micros, id: string]>(
  'UPDATE delivery SET updated = ?, lease_expires = ? WHERE id = ?',
);

/** Leases that are over, with what they hold, kept for this transaction. */
export const lockExpiredDeliveries = statement<[now: Micros, limit: number], DeliveryRow>(
  `SELECT * FROM delivery WHERE status = 'LEASED' AND lease_expires <= ?
   ORDER BY lease_expires LIMIT ? FOR UPDATE SKIP LOCKED`,
);

/** Shortens the leases of a JSON list that a holder left behind. */
export const shortenDeliveryLeases = statement<
  [leaseExpires: Micros, laterThan: Micros, ids: SqlValue, holder: string]
>({
  sqlite: `UPDATE delivery SET lease_expires = ? WHERE status = 'LEASED' AND lease_expires > ?
    AND id IN (SELECT value FROM json_each(?)) AND holder = ?`,
  postgresql: `UPDATE delivery SET lease_expires = ? WHERE status = 'LEASED' AND lease_expires > ?
    AND id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) AND holder = ?`,
});

/** Those of a JSON list that a holder still holds and that are still to be done. */
export const readHeldFlowRuns = statement<
  [ids: SqlValue, holder: string],
  { readonly id: string; readonly stateType: string | null }
>({
  sqlite: `SELECT delivery.id, flow_run.state_type FROM delivery LEFT JOIN flow_run ON flow_run.id = delivery.key
    WHERE delivery.id IN (SELECT value FROM json_each(?)) AND delivery.status = 'LEASED' AND delivery.holder = ?`,
  postgresql: `SELECT delivery.id, flow_run.state_type FROM delivery LEFT JOIN flow_run ON flow_run.id = delivery.key
    WHERE delivery.id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) AND delivery.status = 'LEASED'
      AND delivery.holder = ?`,
});

/** The same for task runs. */
export const readHeldTaskRuns = statement<
  [ids: SqlValue, holder: string],
  { readonly id: string; readonly stateType: string | null }
>({
  sqlite: `SELECT delivery.id, task_run.state_type FROM delivery LEFT JOIN task_run ON task_run.id = delivery.key
    WHERE delivery.id IN (SELECT value FROM json_each(?)) AND delivery.status = 'LEASED' AND delivery.holder = ?`,
  postgresql: `SELECT delivery.id, task_run.state_type FROM delivery LEFT JOIN task_run ON task_run.id = delivery.key
    WHERE delivery.id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) AND delivery.status = 'LEASED'
      AND delivery.holder = ?`,
});

/** How many runs of each queue of a JSON list are leased and have not left the queue yet. */
export const countLeasedFlowRuns = statement<
  [queues: SqlValue, now: Micros],
  { readonly workQueueId: string; readonly total: number }
>({
  sqlite: `SELECT delivery.queue AS work_queue_id, count(*) AS total FROM delivery
    JOIN flow_run ON flow_run.id = delivery.key
    WHERE delivery.kind = 'FLOW_RUN' AND delivery.queue IN (SELECT value FROM json_each(?))
      AND delivery.status = 'LEASED' AND delivery.lease_expires > ? AND flow_run.state_type = 'SCHEDULED'
    GROUP BY delivery.queue`,
  postgresql: `SELECT delivery.queue AS work_queue_id, count(*) AS total FROM delivery
    JOIN flow_run ON flow_run.id = delivery.key
    WHERE delivery.kind = 'FLOW_RUN'
      AND delivery.queue IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))
      AND delivery.status = 'LEASED' AND delivery.lease_expires > ? AND flow_run.state_type = 'SCHEDULED'
    GROUP BY delivery.queue`,
});

/** The same for all queues of a pool, without a lease on one of the runs. */
export const countOtherLeasedFlowRuns = statement<
  [workPoolId: string, now: Micros, exceptFlowRunId: string],
  { readonly workQueueId: string; readonly total: number }
>(
  `SELECT delivery.queue AS work_queue_id, count(*) AS total FROM delivery
   JOIN work_queue ON work_queue.id = delivery.queue JOIN flow_run ON flow_run.id = delivery.key
   WHERE delivery.kind = 'FLOW_RUN' AND work_queue.work_pool_id = ? AND delivery.status = 'LEASED'
     AND delivery.lease_expires > ? AND delivery.key <> ? AND flow_run.state_type = 'SCHEDULED'
   GROUP BY delivery.queue`,
);

/** Removes what was done or given up before a moment. */
export const deleteOldDeliveries = statement<[before: Micros, limit: number]>(
  `DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE status IN ('DONE', 'DEAD') AND updated < ?
     ORDER BY updated LIMIT ?)`,
);

/** Removes cleanups that no worker came for: those of pools whose workers can do none. */
export const deleteUnwantedCleanups = statement<[before: Micros]>(
  `DELETE FROM delivery WHERE kind = 'CLEANUP' AND status = 'WAITING' AND updated < ?`,
);

/** Removes the memory of leases of flow runs that have left their queue. */
export const deleteSettledFlowRunDeliveries = statement<[]>(
  `DELETE FROM delivery WHERE kind = 'FLOW_RUN' AND status <> 'LEASED' AND NOT EXISTS
     (SELECT 1 FROM flow_run WHERE flow_run.id = delivery.key AND flow_run.state_type = 'SCHEDULED')`,
);

/** How many things of a queue somebody holds. */
export const countHeldDeliveries = statement<
  [kind: DeliveryKind, queue: string, holder: string, now: Micros],
  { readonly total: number }
>(
  `SELECT count(*) AS total FROM delivery
   WHERE kind = ? AND queue = ? AND status = 'LEASED' AND holder = ? AND lease_expires > ?`,
);

/** Whether there is anything to be removed: old deliveries, leases of settled runs, task workers that are gone. */
export const readDeliveriesToRemove = statement<
  [before: Micros, unwantedBefore: Micros, now: Micros],
  { readonly isOld: boolean; readonly isSettled: boolean; readonly isGone: boolean }
>(
  `SELECT EXISTS (SELECT 1 FROM delivery WHERE status IN ('DONE', 'DEAD') AND updated < ?)
     OR EXISTS (SELECT 1 FROM delivery WHERE kind = 'CLEANUP' AND status = 'WAITING' AND updated < ?) AS is_old,
     EXISTS (SELECT 1 FROM delivery WHERE kind = 'FLOW_RUN' AND status <> 'LEASED' AND NOT EXISTS
       (SELECT 1 FROM flow_run WHERE flow_run.id = delivery.key AND flow_run.state_type = 'SCHEDULED')) AS is_settled,
     EXISTS (SELECT 1 FROM task_worker WHERE expires <= ?) AS is_gone`,
);

/** Whether there are leases that are over. */
export const hasExpiredDeliveries = statement<[now: Micros], { readonly id: string }>(
  `SELECT id FROM delivery WHERE status = 'LEASED' AND lease_expires <= ? LIMIT 1`,
);

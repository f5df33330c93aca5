import { type FlowRunViewRow, STATE_COLUMNS } from '#server/db/sql/read-run-view.ts';
import { type SqlValue, statement } from '#server/db/statement.ts';

/** Whether a flow run may be handed out as far as other deliveries of it go. */
export const isFree = `NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.kind = 'FLOW_RUN'
  AND delivery.key = flow_run.id AND ((delivery.status = 'LEASED' AND delivery.lease_expires > CAST(? AS BIGINT))
    OR delivery.available_at > CAST(? AS BIGINT) OR (delivery.status = 'DEAD' AND CAST(? AS INTEGER) = 1)))`;

type QueuedRuns = [
  workQueueId: string,
  after: number,
  before: number,
  now: number,
  availableBy: number,
  isPushed: 0 | 1,
  limit: number,
];

const selectQueuedRuns = (
  isOffered: string,
): string => `SELECT flow_run.*, ${STATE_COLUMNS} FROM flow_run
   LEFT JOIN flow_run_state AS state ON state.id = flow_run.state_id
   LEFT JOIN artifact AS result ON result.id = state.result_artifact_id
   WHERE flow_run.work_queue_id = ? AND flow_run.state_type = 'SCHEDULED'
     AND flow_run.next_scheduled_start_time >= CAST(? AS BIGINT)
     AND flow_run.next_scheduled_start_time <= CAST(? AS BIGINT)
     AND ${isOffered} AND ${isFree}
   ORDER BY flow_run.next_scheduled_start_time LIMIT ?`;

const SELECT_QUEUED_RUNS = selectQueuedRuns(
  "COALESCE(flow_run.empirical_policy ->> 'retry_type', '') <> 'in_process'",
);

/**
 * The next runs of a queue, soonest first. Runs that their own process tries again are not handed out, nor those that
 * a worker holds or gave back for a while; those that were given up only to who polls. It is a statement for one
 * queue, because then the index of scheduled runs gives them in order and stops at the limit.
 */
export const readQueuedRuns = statement<QueuedRuns, FlowRunViewRow>(SELECT_QUEUED_RUNS);

/**
 * The same for one who is about to lease them: passes over what others are just taking, so that many who claim at once
 * find runs of their own instead of waiting for each other's.
 */
export const lockQueuedRuns = statement<QueuedRuns, FlowRunViewRow>(
  `${SELECT_QUEUED_RUNS} FOR NO KEY UPDATE OF flow_run SKIP LOCKED`,
);

/** The same with those that their own process tries again: all that is planned in a queue. */
export const readPlannedRuns = statement<QueuedRuns, FlowRunViewRow>(selectQueuedRuns('TRUE'));

interface SlotCount {
  readonly workQueueId: string;
  readonly total: number;
}

/** How many runs of each queue of a pool hold a slot of the pool. */
export const countPoolSlots = statement<[workPoolId: string], SlotCount>(
  `SELECT flow_run.work_queue_id, count(*) AS total FROM flow_run
   JOIN work_queue ON work_queue.id = flow_run.work_queue_id
   WHERE work_queue.work_pool_id = ? AND flow_run.state_type IN ('PENDING', 'RUNNING')
   GROUP BY flow_run.work_queue_id`,
);

/** Notes a poll of the queues of a JSON list; the status is theirs or READY. */
export const markQueuesPolled = statement<[now: number, updated: number, ids: SqlValue]>({
  sqlite: `UPDATE work_queue SET last_polled = ?, updated = ?,
      status = CASE WHEN status = 'NOT_READY' THEN 'READY' ELSE status END
    WHERE id IN (SELECT value FROM json_each(?))`,
  postgresql: `UPDATE work_queue SET last_polled = ?, updated = ?,
      status = CASE WHEN status = 'NOT_READY' THEN 'READY' ELSE status END
    WHERE id IN (SELECT id FROM work_queue
      WHERE id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR NO KEY UPDATE)`,
});

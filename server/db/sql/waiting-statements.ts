import type { DeliveryRow, WorkerRow } from '#prisma/tables.ts';
import type { StateType } from '#server/orchestration/states.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Where a run waits and what it was made from, as far as that says why it does not start. */
export interface Surroundings {
  readonly queuePaused: boolean | null;
  readonly queueLimit: number | null;
  readonly queuePriority: number | null;
  readonly poolType: string | null;
  readonly poolPaused: boolean | null;
  readonly poolLimit: number | null;
  readonly deploymentName: string | null;
  readonly deploymentLastPolled: Micros | null;
  readonly concurrencyLimitId: string | null;
}

/** The surroundings of a flow run. */
export const readSurroundings = statement<[flowRunId: string], Surroundings>(
  `SELECT work_queue.is_paused AS queue_paused, work_queue.concurrency_limit AS queue_limit,
     work_queue.priority AS queue_priority, work_pool.type AS pool_type, work_pool.is_paused AS pool_paused,
     work_pool.concurrency_limit AS pool_limit, deployment.name AS deployment_name,
     deployment.last_polled AS deployment_last_polled, deployment.concurrency_limit_id AS concurrency_limit_id
   FROM flow_run LEFT JOIN work_queue ON work_queue.id = flow_run.work_queue_id
   LEFT JOIN work_pool ON work_pool.id = work_queue.work_pool_id
   LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
   WHERE flow_run.id = ?`,
);

/** The workers of a pool, those heard of last first. */
export const readLatestWorkers = statement<[workPoolId: string, limit: number], WorkerRow>(
  'SELECT * FROM worker WHERE work_pool_id = ? ORDER BY last_heartbeat_time DESC LIMIT ?',
);

/** The delivery of a flow run, if it was ever handed out by lease. */
export const readFlowRunDelivery = statement<[flowRunId: string], DeliveryRow>(
  `SELECT * FROM delivery WHERE kind = 'FLOW_RUN' AND key = ?`,
);

/** A run that holds what another waits for. */
export interface HoldingRun {
  readonly id: string;
  readonly name: string;
  readonly stateType: StateType;
}

const HOLDING = 'SELECT flow_run.id, flow_run.name, flow_run.state_type FROM flow_run';

/** Runs that hold slots of a pool. There are few live runs, so on SQLite these are walked instead of a pool's history. */
export const readPoolHolders = statement<[workPoolId: string, limit: number], HoldingRun>({
  sqlite: `${HOLDING} JOIN work_queue ON work_queue.id = +flow_run.work_queue_id
    WHERE work_queue.work_pool_id = ? AND flow_run.state_type IN ('PENDING', 'RUNNING') LIMIT ?`,
  postgresql: `${HOLDING} JOIN work_queue ON work_queue.id = flow_run.work_queue_id
    WHERE work_queue.work_pool_id = ? AND flow_run.state_type IN ('PENDING', 'RUNNING') LIMIT ?`,
});

/** The same of one queue. */
export const readQueueHolders = statement<[workQueueId: string, limit: number], HoldingRun>({
  sqlite: `${HOLDING} WHERE +flow_run.work_queue_id = ? AND flow_run.state_type IN ('PENDING', 'RUNNING') LIMIT ?`,
  postgresql: `${HOLDING} WHERE flow_run.work_queue_id = ? AND flow_run.state_type IN ('PENDING', 'RUNNING') LIMIT ?`,
});

/** The runs of a deployment that go on, which hold the slots of its limit. */
export const readDeploymentHolders = statement<[deploymentId: string, limit: number], HoldingRun>({
  sqlite: `${HOLDING} WHERE +flow_run.deployment_id = ?
    AND flow_run.state_type IN ('PENDING', 'RUNNING', 'CANCELLING') LIMIT ?`,
  postgresql: `${HOLDING} WHERE flow_run.deployment_id = ?
    AND flow_run.state_type IN ('PENDING', 'RUNNING', 'CANCELLING') LIMIT ?`,
});

interface Counted {
  readonly total: number;
}

/** How many runs of a queue come before one that is due at an instant; the count stops at a limit. */
export const countRunsBefore = statement<
  [workQueueId: string, due: Micros, limit: number],
  Counted
>(
  `SELECT count(*) AS total FROM (SELECT 1 AS found FROM flow_run WHERE work_queue_id = ?
     AND state_type = 'SCHEDULED' AND next_scheduled_start_time < ? LIMIT ?) AS earlier`,
);

/** How many due runs wait in the queues of a pool that are served before those of a priority; it stops at a limit. */
export const countRunsOfEarlierQueues = statement<
  [workPoolId: string, priority: number, now: Micros, limit: number],
  Counted
>(
  `SELECT count(*) AS total FROM (SELECT 1 AS found FROM work_queue
     JOIN flow_run ON flow_run.work_queue_id = work_queue.id
     WHERE work_queue.work_pool_id = ? AND work_queue.priority < ? AND NOT work_queue.is_paused
       AND flow_run.state_type = 'SCHEDULED' AND flow_run.next_scheduled_start_time <= ? LIMIT ?) AS earlier`,
);

/** Task runs of a flow run that are about to start. */
export const readPendingTaskRuns = statement<
  [flowRunId: string, limit: number],
  { readonly tags: readonly string[] }
>(`SELECT tags FROM task_run WHERE flow_run_id = ? AND state_type = 'PENDING' LIMIT ?`);

/** The task runs that hold slots of a limit, the longest first. */
export const readTaskRunsHolding = statement<[limitId: string, limit: number], HoldingRun>(
  `SELECT task_run.id, task_run.name, task_run.state_type FROM concurrency_lease_limit AS held
    JOIN concurrency_lease AS lease ON lease.id = held.lease_id
    JOIN task_run ON task_run.id = lease.holder_id
  WHERE held.limit_id = ? AND lease.holder_type = 'task_run' ORDER BY lease.id LIMIT ?`,
);

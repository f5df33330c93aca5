import { type SqlValue, statement } from '#server/db/statement.ts';
import type { StateType } from '#server/orchestration/states.ts';
import type { Micros } from '#server/time.ts';

import { withLists } from './json-list.ts';

export interface QueueSlots {
  readonly workQueueId: string;
  /** Runs that are pending or running. */
  readonly held: number;
  /** The same with those being cancelled, which the routes of single queues count too. */
  readonly heldOrCancelling: number;
}

/** How many runs hold slots of the queues of a JSON list; queues without any are missing. */
export const countQueueSlots = statement<[workQueueIds: SqlValue], QueueSlots>(
  withLists(
    (list) =>
      `SELECT work_queue_id, count(*) FILTER (WHERE state_type <> 'CANCELLING') AS held,
         count(*) AS held_or_cancelling
       FROM flow_run WHERE work_queue_id IN ${list}
         AND state_type IN ('PENDING', 'RUNNING', 'CANCELLING') GROUP BY work_queue_id`,
  ),
);

/** How many runs hold slots of the pools of a JSON list; pools without any are missing. */
export const countPoolsSlots = statement<
  [workPoolIds: SqlValue],
  { readonly workPoolId: string; readonly held: number }
>(
  withLists(
    (list) =>
      `SELECT work_queue.work_pool_id, count(*) AS held
       FROM flow_run JOIN work_queue ON work_queue.id = flow_run.work_queue_id
       WHERE work_queue.work_pool_id IN ${list}
         AND flow_run.state_type IN ('PENDING', 'RUNNING') GROUP BY work_queue.work_pool_id`,
  ),
);

/** A run that holds a slot. */
export interface SlotHolder {
  readonly id: string;
  readonly name: string;
  readonly workQueueId: string;
  readonly stateType: StateType;
  readonly stateName: string;
  readonly startTime: Micros | null;
  readonly stateTimestamp: Micros;
}

const HOLDER =
  'SELECT id, name, work_queue_id, state_type, state_name, start_time, state_timestamp FROM flow_run';

/** The runs that hold a slot of a queue for its pool, by id. */
export const readPoolSlotHolders = statement<[workQueueId: string, limit: number], SlotHolder>(
  `${HOLDER} WHERE work_queue_id = ? AND state_type IN ('PENDING', 'RUNNING') ORDER BY id LIMIT ?`,
);

/** The runs that hold a slot of a queue, those being cancelled included, by id. */
export const readQueueSlotHolders = statement<
  [workQueueId: string, limit: number, offset: number],
  SlotHolder
>(
  `${HOLDER} WHERE work_queue_id = ? AND state_type IN ('PENDING', 'RUNNING', 'CANCELLING')
   ORDER BY id LIMIT ? OFFSET ?`,
);

/** How many runs of a queue are late. */
export const countLateRuns = statement<[workQueueId: string], { readonly total: number }>(
  `SELECT count(*) AS total FROM flow_run
   WHERE work_queue_id = ? AND state_type = 'SCHEDULED' AND state_name = 'Late'`,
);

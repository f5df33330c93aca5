import type { ConcurrencyWaiterRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';
import { insertOf } from './row-writes.ts';
import type { HoldingRun } from './waiting-statements.ts';

export const insertWaiter = insertOf<ConcurrencyWaiterRow>('concurrency_waiter', [
  'limitId',
  'id',
  'created',
  'slots',
  'isHeld',
  'expires',
  'line',
  'caller',
  'holderType',
  'holderId',
  'flowId',
]);

/** Takes the rows of a caller that comes back, and gives since when it has been waiting. */
export const deleteWaitersOfCaller = statement<
  [caller: string],
  Pick<ConcurrencyWaiterRow, 'created' | 'expires'>
>('DELETE FROM concurrency_waiter WHERE caller = ? RETURNING created, expires');

export const deleteWaiter = statement<[id: string]>('DELETE FROM concurrency_waiter WHERE id = ?');

/** Keeps the place of a waiter whose request is answered, until it asks again. */
export const expectWaiter = statement<[expires: Micros, id: string]>(
  'UPDATE concurrency_waiter SET is_held = FALSE, expires = ? WHERE id = ?',
);

export const deleteExpiredWaiters = statement<[now: Micros], { readonly id: string }>(
  'DELETE FROM concurrency_waiter WHERE expires <= ? RETURNING id',
);

const beforeIn = (list: string): string =>
  `SELECT limit_id, slots FROM concurrency_waiter
    WHERE limit_id IN (${list}) AND created < ? AND is_held AND expires > ? AND line <> ?
    ORDER BY created LIMIT ?`;

/** Those in other lines who came earlier for slots of limits of a JSON list of ids, the first ones. */
export const readEarlierWaiters = statement<
  [limitIds: JsonText, before: Micros, now: Micros, line: string, limit: number],
  Pick<ConcurrencyWaiterRow, 'limitId' | 'slots'>
>({
  sqlite: beforeIn('SELECT value FROM json_each(?)'),
  postgresql: beforeIn('SELECT jsonb_array_elements_text(CAST(? AS JSONB))'),
});

/** Somebody who waits for slots of a limit on behalf of a flow run. */
export interface WaiterOfRun {
  readonly limitId: string;
  readonly limitName: string;
  readonly limit: number;
  readonly since: Micros;
  readonly slots: number;
}

const WAITER = `SELECT waiter.limit_id, bound.name AS limit_name, bound."limit", waiter.created AS since, waiter.slots
  FROM concurrency_waiter AS waiter JOIN concurrency_limit_v2 AS bound ON bound.id = waiter.limit_id`;

/** The limits of which a flow run or its task runs wait for slots, the longest wait first. */
export const readWaitersOfFlowRun = statement<
  [flowRunId: string, now: Micros, flowRunId2: string, now2: Micros, limit: number],
  WaiterOfRun
>(
  `${WAITER} WHERE waiter.holder_type = 'flow_run' AND waiter.holder_id = ? AND waiter.expires > ?
   UNION ALL
   ${WAITER} JOIN task_run ON task_run.id = waiter.holder_id
   WHERE waiter.holder_type = 'task_run' AND task_run.flow_run_id = ? AND waiter.expires > ?
   ORDER BY since LIMIT ?`,
);

/**
 * The limits of which runs of a flow wait for slots that have not told which of them they are, the longest wait first.
 * Stock clients name the flow with each of their calls, the run only if its code does.
 */
export const readWaitersOfFlow = statement<
  [flowId: string, now: Micros, limit: number],
  WaiterOfRun
>(
  `${WAITER} WHERE waiter.flow_id = ? AND waiter.holder_id IS NULL AND waiter.expires > ? ORDER BY since LIMIT ?`,
);

/** How many runs of a flow are running; no more are counted than the last parameter says. */
export const countRunningOfFlow = statement<
  [flowId: string, limit: number],
  { readonly total: number }
>(
  `SELECT count(*) AS total FROM (SELECT 1 FROM flow_run
    WHERE flow_id = ? AND state_type = 'RUNNING' LIMIT ?) AS running`,
);

/** How many wait for slots of a limit since before an instant; no more are counted than the last parameter says. */
export const countEarlierWaiters = statement<
  [limitId: string, before: Micros, now: Micros, limit: number],
  { readonly total: number }
>(
  `SELECT count(*) AS total FROM (SELECT 1 FROM concurrency_waiter
    WHERE limit_id = ? AND created < ? AND expires > ? LIMIT ?) AS earlier`,
);

/** A run that holds slots of a limit. */
export interface HolderOfLimit extends HoldingRun {
  readonly type: 'flow-run' | 'task-run';
}

const holdersIn = (table: 'flow_run' | 'task_run', type: HolderOfLimit['type']): string =>
  `SELECT '${type}' AS type, run.id, run.name, run.state_type FROM concurrency_lease_limit AS held
   JOIN concurrency_lease AS lease ON lease.id = held.lease_id JOIN ${table} AS run ON run.id = lease.holder_id
   WHERE held.limit_id = ? AND lease.holder_type = '${table}'`;

/** Runs that hold slots of a limit. */
export const readHoldersOfLimit = statement<
  [limitId: string, limitId2: string, limit: number],
  HolderOfLimit
>(`${holdersIn('flow_run', 'flow-run')} UNION ALL ${holdersIn('task_run', 'task-run')} LIMIT ?`);

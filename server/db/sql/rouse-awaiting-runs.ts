import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Makes runs of the deployments of a limit due now that wait for one of its slots, those that were due first. */
export const rouseAwaitingRuns = statement<
  [due: Micros, updated: Micros, limitId: string, now: Micros, limit: number],
  { readonly id: string; readonly workQueueId: string | null; readonly deploymentId: string }
>(
  `UPDATE flow_run SET next_scheduled_start_time = ?, updated = ? WHERE id IN (
    SELECT run.id FROM flow_run AS run JOIN deployment ON deployment.id = run.deployment_id
    WHERE run.state_name = 'AwaitingConcurrencySlot' AND run.state_type = 'SCHEDULED'
      AND deployment.concurrency_limit_id = ? AND run.next_scheduled_start_time > ?
    ORDER BY run.expected_start_time, run.id LIMIT ? FOR UPDATE OF run SKIP LOCKED)
  RETURNING id, work_queue_id, deployment_id`,
);

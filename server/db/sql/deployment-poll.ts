import { type FlowRunViewRow, STATE_COLUMNS } from '#server/db/sql/read-run-view.ts';
import { type SqlValue, statement } from '#server/db/statement.ts';

import { isFree } from './work-pool-poll.ts';

const select = (source: string, isAsked: string): string =>
  `SELECT flow_run.*, ${STATE_COLUMNS}, work_queue.name AS queue_name,
     work_queue.work_pool_id, work_pool.name AS work_pool_name
   FROM ${source} LEFT JOIN flow_run_state AS state ON state.id = flow_run.state_id
   LEFT JOIN artifact AS result ON result.id = state.result_artifact_id
   LEFT JOIN work_queue ON work_queue.id = flow_run.work_queue_id
   LEFT JOIN work_pool ON work_pool.id = work_queue.work_pool_id
   WHERE flow_run.state_type = 'SCHEDULED'
     AND flow_run.next_scheduled_start_time <= CAST(? AS BIGINT) AND flow_run.deployment_id ${isAsked}
     AND EXISTS (SELECT 1 FROM deployment WHERE deployment.id = flow_run.deployment_id)
     AND ${isFree}
   ORDER BY flow_run.next_scheduled_start_time LIMIT ?`;

/**
 * The next runs of the deployments of a JSON list, soonest first. One that is gone leaves runs behind, which nobody
 * is to start any more. Runners ask for what is due within seconds, so
 * the index of scheduled runs is walked by time; left alone, SQLite reads all runs that a deployment ever had.
 */
export const readDeploymentRuns = statement<
  [
    before: number,
    deploymentIds: SqlValue,
    now: number,
    availableBy: number,
    isPushed: 0 | 1,
    limit: number,
  ],
  FlowRunViewRow
>({
  sqlite: select(
    'flow_run INDEXED BY flow_run_next_start_idx',
    'IN (SELECT value FROM json_each(?))',
  ),
  postgresql: select('flow_run', 'IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))'),
});

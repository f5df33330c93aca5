import { statement } from '../statement.ts';

interface Found {
  readonly id: string;
}

/**
 * Task runs under way of flow runs that are cancelled. Those under way are few, whatever the history; SQLite is told to
 * begin with them, because it would rather walk along every run that was ever cancelled.
 */
export const readTaskRunsOfCancelled = statement<[limit: number], Found>({
  sqlite: `WITH live(type) AS (VALUES ('SCHEDULED'), ('PENDING'), ('RUNNING'), ('PAUSED'), ('CANCELLING'))
   SELECT task_run.id FROM live CROSS JOIN task_run ON task_run.state_type = live.type
   CROSS JOIN flow_run ON flow_run.id = task_run.flow_run_id
   WHERE flow_run.state_type = 'CANCELLED' LIMIT ?`,
  postgresql: `SELECT task_run.id FROM task_run JOIN flow_run ON flow_run.id = task_run.flow_run_id
   WHERE task_run.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING')
     AND flow_run.state_type = 'CANCELLED' LIMIT ?`,
});

const LIVE_SUBFLOWS = `sub.parent_task_run_id IS NOT NULL
  AND sub.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING')`;

/**
 * Subflow runs under way whose parent is cancelled; those of deployments that are being cancelled need no more. SQLite
 * is told to begin with those under way here too.
 */
export const readSubflowsOfCancelled = statement<
  [limit: number],
  Found & { readonly deploymentId: string | null }
>({
  sqlite: `SELECT sub.id, sub.deployment_id FROM flow_run AS sub INDEXED BY flow_run_live_subflow_idx
   CROSS JOIN task_run ON task_run.id = sub.parent_task_run_id
   CROSS JOIN flow_run AS parent ON parent.id = task_run.flow_run_id
   WHERE ${LIVE_SUBFLOWS} AND parent.state_type = 'CANCELLED'
     AND NOT (sub.state_type = 'CANCELLING' AND sub.deployment_id IS NOT NULL) LIMIT ?`,
  postgresql: `SELECT sub.id, sub.deployment_id FROM flow_run AS sub
   JOIN task_run ON task_run.id = sub.parent_task_run_id
   JOIN flow_run AS parent ON parent.id = task_run.flow_run_id
   WHERE ${LIVE_SUBFLOWS} AND parent.state_type = 'CANCELLED'
     AND NOT (sub.state_type = 'CANCELLING' AND sub.deployment_id IS NOT NULL) LIMIT ?`,
});

import type { ConcurrencyLimitV2Row, DeploymentRow, FlowRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';
import type { JsonText } from '#server/json.ts';

import { withLists } from './json-list.ts';

export const lockDeployment = statement<[id: string], DeploymentRow>(
  'SELECT * FROM deployment WHERE id = ? FOR UPDATE',
);

export const lockDeploymentByName = statement<[flowId: string, name: string], DeploymentRow>(
  'SELECT * FROM deployment WHERE flow_id = ? AND name = ? FOR UPDATE',
);

/**
 * Keeps the queue of a deployment from being removed. PostgreSQL looks for what a row points to once more when a
 * transaction changes the row a second time, and whoever removes a queue or a flow keeps it before its deployments.
 */
export const shareQueueOfDeployment = statement<[id: string]>(
  `SELECT queue.id FROM deployment JOIN work_queue AS queue ON queue.id = deployment.work_queue_id
   WHERE deployment.id = ? FOR KEY SHARE OF queue`,
);

/** Keeps the flow of a deployment from being removed. */
export const shareFlowOfDeployment = statement<[id: string]>(
  `SELECT flow.id FROM deployment JOIN flow ON flow.id = deployment.flow_id
   WHERE deployment.id = ? FOR KEY SHARE OF flow`,
);

/** The deployment of a flow and name. */
export const findDeploymentByName = statement<
  [flowId: string, name: string],
  { readonly id: string }
>('SELECT id FROM deployment WHERE flow_id = ? AND name = ?');

/** Keeps the deployments of a JSON list, and gives them, and others that share a limit with one of them. */
export const lockDeploymentsWithLimits = statement<[ids: JsonText, again: JsonText], DeploymentRow>(
  withLists(
    (list) => `SELECT * FROM deployment WHERE id IN ${list} OR concurrency_limit_id IN
      (SELECT concurrency_limit_id FROM deployment WHERE id IN ${list}) ORDER BY id FOR UPDATE`,
  ),
);

/** Keeps the deployments of the flows of a JSON list. */
export const lockDeploymentsOfFlows = statement<[flowIds: JsonText]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL',
  postgresql: `SELECT id FROM deployment
    WHERE flow_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY id FOR UPDATE`,
});

/** Keeps the deployments that a limit is of, which lose it when it is removed. */
export const lockDeploymentsOfLimit = statement<[idOrName: string, again: string]>(
  `SELECT id FROM deployment WHERE concurrency_limit_id IN
    (SELECT id FROM concurrency_limit_v2 WHERE id = ? OR name = ?) ORDER BY id FOR UPDATE`,
);

export const deleteDeploymentRow = statement<[id: string]>('DELETE FROM deployment WHERE id = ?');

export const readFlowOfDeployment = statement<
  [flowId: string],
  Pick<FlowRow, 'id' | 'name' | 'labels'>
>('SELECT id, name, labels FROM flow WHERE id = ?');

export const readLimitOfDeployment = statement<[limitId: string], ConcurrencyLimitV2Row>(
  'SELECT * FROM concurrency_limit_v2 WHERE id = ?',
);

const NOT_BEGUN = `state_type = 'SCHEDULED'
  AND state_name <> 'AwaitingConcurrencySlot' AND run_count = 0`;

/** Keeps the runs of the deployments of a JSON list that have not begun. */
export const lockUnstartedRuns = statement<[deploymentIds: JsonText]>({
  sqlite: 'SELECT 1 WHERE ? IS NULL',
  postgresql: `SELECT id FROM flow_run
    WHERE deployment_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) AND ${NOT_BEGUN}
    ORDER BY id FOR UPDATE`,
});

/** Removes runs in the order of their ids, as whoever removes others by name. */
const deleteRuns = (condition: string): string =>
  `DELETE FROM flow_run WHERE id IN (SELECT id FROM flow_run
     WHERE deployment_id = ? AND ${NOT_BEGUN} ${condition} ORDER BY id FOR UPDATE) RETURNING id`;

/** Runs that were planned and have not begun. */
export const deleteUnstartedRuns = statement<[deploymentId: string], { readonly id: string }>(
  deleteRuns(''),
);

/** The same, of those that the schedule made. */
export const deletePlannedRuns = statement<[deploymentId: string], { readonly id: string }>(
  deleteRuns('AND auto_scheduled'),
);

/** The same, of those whose time has not come. */
export const deleteFuturePlannedRuns = statement<
  [deploymentId: string, now: number],
  { readonly id: string }
>(deleteRuns('AND auto_scheduled AND next_scheduled_start_time > CAST(? AS BIGINT)'));

import type { ConcurrencyLimitV2Row, DeploymentRow, FlowRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';

export const lockDeployment = statement<[id: string], DeploymentRow>(
  'SELECT * FROM deployment WHERE id = ? FOR UPDATE',
);

export const lockDeploymentByName = statement<[flowId: string, name: string], DeploymentRow>(
  'SELECT * FROM deployment WHERE flow_id = ? AND name = ? FOR UPDATE',
);

export const deleteDeploymentRow = statement<[id: string]>('DELETE FROM deployment WHERE id = ?');

export const readFlowOfDeployment = statement<
  [flowId: string],
  Pick<FlowRow, 'id' | 'name' | 'labels'>
>('SELECT id, name, labels FROM flow WHERE id = ?');

export const readLimitOfDeployment = statement<[limitId: string], ConcurrencyLimitV2Row>(
  'SELECT * FROM concurrency_limit_v2 WHERE id = ?',
);

const UNSTARTED = `deployment_id = ? AND state_type = 'SCHEDULED'
  AND state_name <> 'AwaitingConcurrencySlot' AND run_count = 0`;

/** Runs that were planned and have not begun. */
export const deleteUnstartedRuns = statement<[deploymentId: string], { readonly id: string }>(
  `DELETE FROM flow_run WHERE ${UNSTARTED} RETURNING id`,
);

/** The same, of those that the schedule made. */
export const deletePlannedRuns = statement<[deploymentId: string], { readonly id: string }>(
  `DELETE FROM flow_run WHERE ${UNSTARTED} AND auto_scheduled RETURNING id`,
);

/** The same, of those whose time has not come. */
export const deleteFuturePlannedRuns = statement<
  [deploymentId: string, now: number],
  { readonly id: string }
>(
  `DELETE FROM flow_run WHERE ${UNSTARTED} AND auto_scheduled
   AND next_scheduled_start_time > CAST(? AS BIGINT) RETURNING id`,
);

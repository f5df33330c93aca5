import type { DeploymentRow } from '#prisma/tables.ts';

import { statement } from '../statement.ts';

export type DeploymentViewRow = DeploymentRow & {
  /** The name of the queue that it is in, as opposed to the one it was made with. */
  readonly queueName: string | null;
  readonly workPoolId: string | null;
  readonly workPoolName: string | null;
};

const DEPLOYMENT = `SELECT deployment.*, work_queue.name AS queue_name,
    work_queue.work_pool_id, work_pool.name AS work_pool_name
  FROM deployment LEFT JOIN work_queue ON work_queue.id = deployment.work_queue_id
  LEFT JOIN work_pool ON work_pool.id = work_queue.work_pool_id`;

/** A deployment with its work pool. */
export const readDeploymentView = statement<[id: string], DeploymentViewRow>(
  `${DEPLOYMENT} WHERE deployment.id = ?`,
);

export const readDeploymentViewByName = statement<
  [flowName: string, name: string],
  DeploymentViewRow
>(
  `${DEPLOYMENT} WHERE deployment.flow_id = (SELECT id FROM flow WHERE name = ?) AND deployment.name = ?`,
);

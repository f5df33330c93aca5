import type { DeploymentRow } from '#prisma/tables.ts';
import { statement } from '#server/db/statement.ts';
import type { JsonObject } from '#server/json.ts';

/** A deployment with what a run of it takes from its work pool. */
export type DeploymentForRun = DeploymentRow & {
  readonly queueName: string | null;
  readonly poolId: string | null;
  readonly poolName: string | null;
  readonly poolTemplate: JsonObject | null;
};

export const readDeploymentForRun = statement<[id: string], DeploymentForRun>(
  `SELECT deployment.*, work_queue.name AS queue_name,
     work_pool.id AS pool_id, work_pool.name AS pool_name, work_pool.base_job_template AS pool_template
   FROM deployment
   LEFT JOIN work_queue ON work_queue.id = deployment.work_queue_id
   LEFT JOIN work_pool ON work_pool.id = work_queue.work_pool_id
   WHERE deployment.id = ?`,
);

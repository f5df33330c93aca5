import type { FlowRunRow } from '#prisma/tables.ts';
import type { FlowRunSurroundings } from '#server/db/sql/lock-flow-run.ts';
import type { RelatedData, RelatedThing } from '#server/events/related-resources.ts';
import { plainNumber } from '#server/lossless-json.ts';

import type { DeploymentTerms, QueueTerms } from './rule.ts';

const thing = (
  id: string | null,
  name: string | null,
  tags: readonly string[] | null = null,
): RelatedThing | null => (id === null || name === null ? null : { id, name, tags });

/** What the events of a flow run name besides the run itself. */
export const relatedData = (row: FlowRunRow, around: FlowRunSurroundings): RelatedData => {
  const pool = thing(around.relatedPoolId, around.relatedPoolName);
  return {
    flow: thing(row.flowId, around.relatedFlowName, around.relatedFlowTags),
    deployment: thing(
      around.relatedDeploymentId,
      around.relatedDeploymentName,
      around.relatedDeploymentTags,
    ),
    workQueue: thing(around.relatedQueueId, around.relatedQueueName),
    workPool: pool === null ? null : { ...pool, type: around.relatedPoolType ?? '' },
    parentTaskRun: thing(row.parentTaskRunId, around.parentTaskRunName, around.parentTaskRunTags),
  };
};

/** The terms of the deployment that a flow run belongs to; null when there is none. */
export const deploymentTerms = (around: FlowRunSurroundings): DeploymentTerms | null => {
  if (around.relatedDeploymentId === null) return null;
  const grace = plainNumber(around.concurrencyOptions?.['grace_period_seconds']);
  return {
    limitId: around.concurrencyLimitId,
    limit: around.concurrencyLimit,
    cancelsNew: around.concurrencyOptions?.['collision_strategy'] === 'CANCEL_NEW',
    graceSeconds: typeof grace === 'number' ? grace : null,
  };
};

/** The bounds of the pool and queue that a flow run waits in; null when it waits in none. */
export const queueTerms = (around: FlowRunSurroundings): QueueTerms | null => {
  const { relatedPoolId, relatedQueueId, poolLimit, queueLimit } = around;
  if (relatedPoolId === null || relatedQueueId === null) return null;
  return {
    poolId: relatedPoolId,
    poolName: around.relatedPoolName ?? '',
    poolLimit,
    queueId: relatedQueueId,
    queueName: around.relatedQueueName ?? '',
    queueLimit,
  };
};

import type {
  DeploymentFilter,
  FlowFilter,
  FlowRunFilter,
  TaskRunFilter,
  WorkPoolFilter,
  WorkQueueFilter,
} from '#server/queries/filter-types.ts';

import { combine, given } from './criteria.ts';
import { deploymentFilter } from './deployment-filter.ts';
import { flowFilter } from './flow-filter.ts';
import { flowRunFilter } from './flow-run-filter.ts';
import { taskRunFilter } from './task-run-filter.ts';
import { workPoolFilter, workQueueFilter } from './work-pool-filter.ts';

/** The filters a body may name; rows must have a relative that each of them admits. */
export interface Scope {
  readonly flows?: FlowFilter | undefined;
  readonly flow_runs?: FlowRunFilter | undefined;
  readonly task_runs?: TaskRunFilter | undefined;
  readonly deployments?: DeploymentFilter | undefined;
  readonly work_pools?: WorkPoolFilter | undefined;
  readonly work_pool_queues?: WorkQueueFilter | undefined;
}

/** The parameters of a body that filters by flows and runs, in Prefect's order. */
export const runScopeShape = {
  flows: flowFilter.optional(),
  flow_runs: flowRunFilter.optional(),
  task_runs: taskRunFilter.optional(),
  deployments: deploymentFilter.optional(),
};

export const poolScopeShape = { ...runScopeShape, work_pools: workPoolFilter.optional() };

export const queueScopeShape = {
  ...poolScopeShape,
  work_pool_queues: workQueueFilter.optional(),
};

const withTaskRuns = ({ flow_runs, task_runs }: Scope): FlowRunFilter | undefined => {
  if (flow_runs === undefined && task_runs === undefined) return undefined;
  return combine<FlowRunFilter>('and_', [
    flow_runs,
    given(task_runs, (taskRuns) => ({ taskRuns })),
  ]);
};

/** Flows with such runs, task runs and deployments. */
export const flowScope = (scope: Scope): FlowFilter => {
  const { flows, deployments, work_pools } = scope;
  const hasDeployment = deployments !== undefined || work_pools !== undefined;
  const deployment = combine<DeploymentFilter>('and_', [
    deployments,
    given(work_pools, (workPool) => ({ workPool })),
  ]);
  return combine<FlowFilter>('and_', [
    flows,
    given(withTaskRuns(scope), (flowRuns) => ({ flowRuns })),
    hasDeployment ? { deployments: deployment } : undefined,
  ]);
};

/** Flow runs of such flows, deployments, pools and queues, with such task runs. */
export const flowRunScope = (scope: Scope): FlowRunFilter =>
  combine<FlowRunFilter>('and_', [
    withTaskRuns(scope),
    given(scope.flows, (flow) => ({ flow })),
    given(scope.deployments, (deployment) => ({ deployment })),
    given(scope.work_pools, (workPool) => ({ workPool })),
    given(scope.work_pool_queues, (workQueue) => ({ workQueue })),
  ]);

/** Task runs whose flow run is such a one. */
export const taskRunScope = ({ task_runs, ...scope }: Scope): TaskRunFilter => {
  const isScoped = Object.values(scope).some((filter) => filter !== undefined);
  return combine<TaskRunFilter>('and_', [
    task_runs,
    isScoped ? { flowRun: flowRunScope(scope) } : undefined,
  ]);
};

/** Deployments of such flows, with such runs, in such pools and queues. */
export const deploymentScope = (scope: Scope): DeploymentFilter =>
  combine<DeploymentFilter>('and_', [
    scope.deployments,
    given(scope.flows, (flow) => ({ flow })),
    given(withTaskRuns(scope), (flowRuns) => ({ flowRuns })),
    given(scope.work_pools, (workPool) => ({ workPool })),
    given(scope.work_pool_queues, (workQueue) => ({ workQueue })),
  ]);

import { type Expression, expressionBuilder } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import { estimatedRunTime } from './run-times.ts';

export type FlowSort = 'CREATED_DESC' | 'UPDATED_DESC' | 'NAME_ASC' | 'NAME_DESC';
export type DeploymentSort = FlowSort;
export type VariableSort = FlowSort;
export type AutomationSort = FlowSort;
export type FlowRunSort =
  | 'ID_DESC'
  | 'START_TIME_ASC'
  | 'START_TIME_DESC'
  | 'EXPECTED_START_TIME_ASC'
  | 'EXPECTED_START_TIME_DESC'
  | 'NAME_ASC'
  | 'NAME_DESC'
  | 'NEXT_SCHEDULED_START_TIME_ASC'
  | 'END_TIME_DESC';
export type TaskRunSort =
  | Exclude<FlowRunSort, 'START_TIME_ASC' | 'START_TIME_DESC'>
  | 'DURATION_DESC'
  | 'DURATION_ASC';
export type ArtifactSort = 'CREATED_DESC' | 'UPDATED_DESC' | 'ID_DESC' | 'KEY_DESC' | 'KEY_ASC';
export type LogSort = 'TIMESTAMP_ASC' | 'TIMESTAMP_DESC';

export interface OrderTerm {
  readonly by: Expression<unknown>;
  readonly direction: 'asc' | 'desc';
}

type Order = readonly OrderTerm[];

const flows = expressionBuilder<Tables, 'flow'>();
const deployments = expressionBuilder<Tables, 'deployment'>();
const variables = expressionBuilder<Tables, 'variable'>();
const automations = expressionBuilder<Tables, 'automation'>();
const flowRuns = expressionBuilder<Tables, 'flowRun'>();
const taskRuns = expressionBuilder<Tables, 'taskRun'>();
const artifacts = expressionBuilder<Tables, 'artifact'>();
const collections = expressionBuilder<Tables, 'artifactCollection'>();
const logs = expressionBuilder<Tables, 'log'>();

/** One column up or down, then the id the same way, so that pages neither repeat nor skip a row of equal values. */
const ordered =
  (id: Expression<unknown>) =>
  (by: Expression<unknown>, direction: 'asc' | 'desc'): Order => [
    { by, direction },
    { by: id, direction },
  ];

const flowOrder = ordered(flows.ref('flow.id'));

export const FLOW_ORDER: Readonly<Record<FlowSort, Order>> = {
  CREATED_DESC: flowOrder(flows.ref('flow.created'), 'desc'),
  UPDATED_DESC: flowOrder(flows.ref('flow.updated'), 'desc'),
  NAME_ASC: flowOrder(flows.ref('flow.name'), 'asc'),
  NAME_DESC: flowOrder(flows.ref('flow.name'), 'desc'),
};

const deploymentOrder = ordered(deployments.ref('deployment.id'));

export const DEPLOYMENT_ORDER: Readonly<Record<DeploymentSort, Order>> = {
  CREATED_DESC: deploymentOrder(deployments.ref('deployment.created'), 'desc'),
  UPDATED_DESC: deploymentOrder(deployments.ref('deployment.updated'), 'desc'),
  NAME_ASC: deploymentOrder(deployments.ref('deployment.name'), 'asc'),
  NAME_DESC: deploymentOrder(deployments.ref('deployment.name'), 'desc'),
};

const variableOrder = ordered(variables.ref('variable.id'));

export const VARIABLE_ORDER: Readonly<Record<VariableSort, Order>> = {
  CREATED_DESC: variableOrder(variables.ref('variable.created'), 'desc'),
  UPDATED_DESC: variableOrder(variables.ref('variable.updated'), 'desc'),
  NAME_ASC: variableOrder(variables.ref('variable.name'), 'asc'),
  NAME_DESC: variableOrder(variables.ref('variable.name'), 'desc'),
};

const automationOrder = ordered(automations.ref('automation.id'));

export const AUTOMATION_ORDER: Readonly<Record<AutomationSort, Order>> = {
  CREATED_DESC: automationOrder(automations.ref('automation.created'), 'desc'),
  UPDATED_DESC: automationOrder(automations.ref('automation.updated'), 'desc'),
  NAME_ASC: automationOrder(automations.ref('automation.name'), 'asc'),
  NAME_DESC: automationOrder(automations.ref('automation.name'), 'desc'),
};

const flowRunOrder = ordered(flowRuns.ref('flowRun.id'));
const flowRunStart = flowRuns.fn.coalesce('flowRun.startTime', 'flowRun.expectedStartTime');

export const FLOW_RUN_ORDER: Readonly<Record<FlowRunSort, Order>> = {
  ID_DESC: [{ by: flowRuns.ref('flowRun.id'), direction: 'desc' }],
  START_TIME_ASC: flowRunOrder(flowRunStart, 'asc'),
  START_TIME_DESC: flowRunOrder(flowRunStart, 'desc'),
  EXPECTED_START_TIME_ASC: flowRunOrder(flowRuns.ref('flowRun.expectedStartTime'), 'asc'),
  EXPECTED_START_TIME_DESC: flowRunOrder(flowRuns.ref('flowRun.expectedStartTime'), 'desc'),
  NAME_ASC: flowRunOrder(flowRuns.ref('flowRun.name'), 'asc'),
  NAME_DESC: flowRunOrder(flowRuns.ref('flowRun.name'), 'desc'),
  NEXT_SCHEDULED_START_TIME_ASC: flowRunOrder(
    flowRuns.ref('flowRun.nextScheduledStartTime'),
    'asc',
  ),
  END_TIME_DESC: flowRunOrder(flowRuns.ref('flowRun.endTime'), 'desc'),
};

const taskRunOrder = ordered(taskRuns.ref('taskRun.id'));

const TASK_RUN_ORDER: Readonly<
  Record<Exclude<TaskRunSort, 'DURATION_ASC' | 'DURATION_DESC'>, Order>
> = {
  ID_DESC: [{ by: taskRuns.ref('taskRun.id'), direction: 'desc' }],
  EXPECTED_START_TIME_ASC: taskRunOrder(taskRuns.ref('taskRun.expectedStartTime'), 'asc'),
  EXPECTED_START_TIME_DESC: taskRunOrder(taskRuns.ref('taskRun.expectedStartTime'), 'desc'),
  NAME_ASC: taskRunOrder(taskRuns.ref('taskRun.name'), 'asc'),
  NAME_DESC: taskRunOrder(taskRuns.ref('taskRun.name'), 'desc'),
  NEXT_SCHEDULED_START_TIME_ASC: taskRunOrder(
    taskRuns.ref('taskRun.nextScheduledStartTime'),
    'asc',
  ),
  END_TIME_DESC: taskRunOrder(taskRuns.ref('taskRun.endTime'), 'desc'),
};

/** The order of task runs; how long one has run so far depends on the present instant. */
export const taskRunOrderBy = (sort: TaskRunSort, now: Micros = nowMicros()): Order => {
  if (sort !== 'DURATION_ASC' && sort !== 'DURATION_DESC') return TASK_RUN_ORDER[sort];
  return [
    {
      by: estimatedRunTime('taskRun', now),
      direction: sort === 'DURATION_ASC' ? 'asc' : 'desc',
    },
    ...TASK_RUN_ORDER.EXPECTED_START_TIME_DESC,
  ];
};

const artifactOrder = ordered(artifacts.ref('artifact.id'));

export const ARTIFACT_ORDER: Readonly<Record<ArtifactSort, Order>> = {
  CREATED_DESC: artifactOrder(artifacts.ref('artifact.created'), 'desc'),
  UPDATED_DESC: artifactOrder(artifacts.ref('artifact.updated'), 'desc'),
  ID_DESC: [{ by: artifacts.ref('artifact.id'), direction: 'desc' }],
  KEY_DESC: artifactOrder(artifacts.ref('artifact.key'), 'desc'),
  KEY_ASC: artifactOrder(artifacts.ref('artifact.key'), 'asc'),
};

const collectionOrder = ordered(collections.ref('artifactCollection.id'));

export const ARTIFACT_COLLECTION_ORDER: Readonly<Record<ArtifactSort, Order>> = {
  CREATED_DESC: collectionOrder(collections.ref('artifactCollection.created'), 'desc'),
  UPDATED_DESC: collectionOrder(collections.ref('artifactCollection.updated'), 'desc'),
  ID_DESC: [{ by: collections.ref('artifactCollection.id'), direction: 'desc' }],
  KEY_DESC: collectionOrder(collections.ref('artifactCollection.key'), 'desc'),
  KEY_ASC: collectionOrder(collections.ref('artifactCollection.key'), 'asc'),
};

export const LOG_ORDER: Readonly<Record<LogSort, Order>> = {
  TIMESTAMP_ASC: ordered(logs.ref('log.seq'))(logs.ref('log.timestamp'), 'asc'),
  TIMESTAMP_DESC: ordered(logs.ref('log.seq'))(logs.ref('log.timestamp'), 'desc'),
};

import { type Expression, expressionBuilder, sql } from 'kysely';

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

const flowRuns = expressionBuilder<Tables, 'flowRun'>();
const taskRuns = expressionBuilder<Tables, 'taskRun'>();
const logs = expressionBuilder<Tables, 'log'>();

/** One column up or down, then the id the same way, so that pages neither repeat nor skip a row of equal values. */
const ordered =
  (id: Expression<unknown>) =>
  (by: Expression<unknown>, direction: 'asc' | 'desc'): Order => [
    { by, direction },
    { by: id, direction },
  ];

/** The order of things that have a name. */
const namedOrder = (table: keyof Tables): Readonly<Record<FlowSort, Order>> => {
  const order = ordered(sql.ref(`${table}.id`));
  return {
    CREATED_DESC: order(sql.ref(`${table}.created`), 'desc'),
    UPDATED_DESC: order(sql.ref(`${table}.updated`), 'desc'),
    NAME_ASC: order(sql.ref(`${table}.name`), 'asc'),
    NAME_DESC: order(sql.ref(`${table}.name`), 'desc'),
  };
};

export const FLOW_ORDER = namedOrder('flow');
export const DEPLOYMENT_ORDER: Readonly<Record<DeploymentSort, Order>> = namedOrder('deployment');
export const VARIABLE_ORDER: Readonly<Record<VariableSort, Order>> = namedOrder('variable');
export const AUTOMATION_ORDER: Readonly<Record<AutomationSort, Order>> = namedOrder('automation');

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

/** The order of things that have a key. */
const keyedOrder = (table: keyof Tables): Readonly<Record<ArtifactSort, Order>> => {
  const id = sql.ref(`${table}.id`);
  const order = ordered(id);
  return {
    CREATED_DESC: order(sql.ref(`${table}.created`), 'desc'),
    UPDATED_DESC: order(sql.ref(`${table}.updated`), 'desc'),
    ID_DESC: [{ by: id, direction: 'desc' }],
    KEY_DESC: order(sql.ref(`${table}.key`), 'desc'),
    KEY_ASC: order(sql.ref(`${table}.key`), 'asc'),
  };
};

export const ARTIFACT_ORDER = keyedOrder('artifact');
export const ARTIFACT_COLLECTION_ORDER = keyedOrder('artifactCollection');

export const LOG_ORDER: Readonly<Record<LogSort, Order>> = {
  TIMESTAMP_ASC: ordered(logs.ref('log.seq'))(logs.ref('log.timestamp'), 'asc'),
  TIMESTAMP_DESC: ordered(logs.ref('log.seq'))(logs.ref('log.timestamp'), 'desc'),
};

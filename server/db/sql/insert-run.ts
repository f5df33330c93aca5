import type { FlowRunRow, FlowRunStateRow, TaskRunRow, TaskRunStateRow } from '#prisma/tables.ts';

import { insertOf } from './row-writes.ts';

export const FLOW_RUN_COLUMNS = [
  'id',
  'created',
  'updated',
  'name',
  'flowId',
  'deploymentId',
  'deploymentVersion',
  'workQueueId',
  'workQueueName',
  'flowVersion',
  'parameters',
  'idempotencyKey',
  'context',
  'empiricalPolicy',
  'tags',
  'labels',
  'createdBy',
  'infrastructurePid',
  'infrastructureDocumentId',
  'jobVariables',
  'parentTaskRunId',
  'autoScheduled',
  'stateId',
  'stateType',
  'stateName',
  'stateTimestamp',
  'runCount',
  'expectedStartTime',
  'nextScheduledStartTime',
  'startTime',
  'endTime',
  'totalRunTime',
] as const;

export const insertFlowRun = insertOf<FlowRunRow>('flow_run', FLOW_RUN_COLUMNS);

export const TASK_RUN_COLUMNS = [
  'id',
  'created',
  'updated',
  'name',
  'flowRunId',
  'taskKey',
  'dynamicKey',
  'cacheKey',
  'cacheExpiration',
  'taskVersion',
  'flowRunRunCount',
  'empiricalPolicy',
  'taskInputs',
  'tags',
  'labels',
  'stateId',
  'stateType',
  'stateName',
  'stateTimestamp',
  'runCount',
  'expectedStartTime',
  'nextScheduledStartTime',
  'startTime',
  'endTime',
  'totalRunTime',
] as const;

export const insertTaskRun = insertOf<TaskRunRow>('task_run', TASK_RUN_COLUMNS);

const STATE_COLUMNS = [
  'id',
  'created',
  'updated',
  'type',
  'timestamp',
  'name',
  'message',
  'stateDetails',
  'data',
  'resultArtifactId',
] as const;

export const insertFlowRunState = insertOf<FlowRunStateRow>('flow_run_state', [
  'flowRunId',
  ...STATE_COLUMNS,
]);

export const insertTaskRunState = insertOf<TaskRunStateRow>('task_run_state', [
  'taskRunId',
  ...STATE_COLUMNS,
]);

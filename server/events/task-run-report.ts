import { parseId } from '#server/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { plainNumber } from '#server/lossless-json.ts';
import { type StateType, defaultStateName, isStateType } from '#server/orchestration/states.ts';
import { type Micros, MICROS_PER_SECOND, parseInstant } from '#server/time.ts';

import { type Event, RESOURCE_ID, RESOURCE_ROLE } from './event.ts';

/** A task run as an engine that orchestrates it reports it, together with the state it entered. */
export interface TaskRunReport {
  readonly taskRunId: string;
  readonly flowRunId: string | null;
  readonly taskKey: string;
  readonly dynamicKey: string;
  readonly stateId: string;
  readonly stateType: StateType;
  readonly stateName: string;
  readonly timestamp: Micros;
  readonly message: string | null;
  readonly stateDetails: JsonObject;
  readonly data: JsonValue;
  readonly run: JsonObject;
}

const PREFIX = 'prefect.task-run.';

const text = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' ? value : null;
const number = (value: JsonValue | undefined): number => {
  const plain = plainNumber(value);
  return typeof plain === 'number' ? plain : 0;
};
const whole = (value: JsonValue | undefined): number => Math.trunc(number(value));
const instant = (value: JsonValue | undefined): Micros | null =>
  typeof value === 'string' ? parseInstant(value) : null;
const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** Whether the event reports a state that an engine gave to a task run, which makes it the source of the run's row. */
export const isTaskRunReport = (event: Event): boolean =>
  event.event.startsWith(PREFIX) && event.resource['prefect.orchestration'] === 'client';

const flowRunIdOf = (event: Event): string | null => {
  const flowRun = event.related.find((resource) => resource[RESOURCE_ROLE] === 'flow-run');
  return parseId(flowRun?.[RESOURCE_ID]?.replace('prefect.flow-run.', '') ?? '');
};

/** The report that an event carries, or null when the event lacks what a task run cannot be without. */
export const taskRunReportOf = (event: Event): TaskRunReport | null => {
  const taskRunId = parseId(event.resource[RESOURCE_ID]?.replace(PREFIX, '') ?? '');
  const run = object(event.payload['task_run']);
  const state = object(event.payload['validated_state']);
  const taskKey = text(run['task_key']);
  const dynamicKey = text(run['dynamic_key']);
  const stateType = state['type'];
  if (taskRunId === null || taskKey === null || dynamicKey === null || !isStateType(stateType))
    return null;
  return {
    taskRunId,
    flowRunId: flowRunIdOf(event),
    taskKey,
    dynamicKey,
    stateId: event.id,
    stateType,
    stateName: text(state['name']) ?? defaultStateName(stateType),
    timestamp: event.occurred,
    message: text(state['message']),
    stateDetails: object(state['state_details']),
    data: state['data'] ?? null,
    run,
  };
};

// What Prefect's own model of a policy fills in where a client left it out.
const POLICY_DEFAULTS = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  retry_jitter_factor: null,
};

/** The row of a reported task run under the id by which it is known. */
export const taskRunRow = (report: TaskRunReport, id: string, now: Micros) => {
  const { run } = report;
  const expectedStartTime = instant(run['expected_start_time']) ?? report.timestamp;
  const totalSeconds = number(run['total_run_time']);
  return {
    id,
    created: now,
    updated: now,
    name: text(run['name']) ?? report.taskKey,
    flow_run_id: report.flowRunId,
    task_key: report.taskKey,
    dynamic_key: report.dynamicKey,
    cache_key: text(run['cache_key']),
    cache_expiration: instant(run['cache_expiration']),
    task_version: text(run['task_version']),
    flow_run_run_count: whole(run['flow_run_run_count']),
    empirical_policy: { ...POLICY_DEFAULTS, ...object(run['empirical_policy']) },
    task_inputs: object(run['task_inputs']),
    tags: run['tags'] ?? [],
    labels: run['labels'] ?? null,
    state_id: report.stateId,
    state_type: report.stateType,
    state_name: report.stateName,
    state_timestamp: report.timestamp,
    run_count: whole(run['run_count']),
    expected_start_time: expectedStartTime,
    next_scheduled_start_time: instant(run['next_scheduled_start_time']),
    start_time: instant(run['start_time']),
    end_time: instant(run['end_time']),
    total_run_time: Math.round(totalSeconds * MICROS_PER_SECOND),
  };
};

/** The row of the state that a report brought. */
export const taskRunStateRow = (report: TaskRunReport, taskRunId: string, now: Micros) => ({
  id: report.stateId,
  created: now,
  updated: now,
  task_run_id: taskRunId,
  type: report.stateType,
  timestamp: report.timestamp,
  name: report.stateName,
  message: report.message,
  state_details: { ...report.stateDetails, flow_run_id: report.flowRunId, task_run_id: taskRunId },
  data: report.data,
});

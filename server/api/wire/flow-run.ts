import type { FlowRunRow } from '#prisma/tables.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';
import { FLOW_RUN_POLICY } from '#server/orchestration/empirical-policy.ts';
import type { State } from '#server/orchestration/states.ts';
import { estimatedRunTimeSeconds, latenessSeconds } from '#server/queries/run-times.ts';
import type { Settings } from '#server/settings.ts';
import {
  MICROS_PER_SECOND,
  type Micros,
  formatInstant,
  formatOptionalInstant,
} from '#server/time.ts';

import { optional } from './filters/criteria.ts';
import { flowRunPolicy } from './policy.ts';
import { choice, runName, text, uuid } from './pydantic/scalar.ts';
import { dictionary, labels, model, texts } from './pydantic/shapes.ts';
import { sizedParameters } from './sized-parameters.ts';
import { optionalStateToWire, proposedState } from './state.ts';

export const FLOW_RUN_SORTS = [
  'ID_DESC',
  'START_TIME_ASC',
  'START_TIME_DESC',
  'EXPECTED_START_TIME_ASC',
  'EXPECTED_START_TIME_DESC',
  'NAME_ASC',
  'NAME_DESC',
  'NEXT_SCHEDULED_START_TIME_ASC',
  'END_TIME_DESC',
] as const;

export const flowRunSort = choice(FLOW_RUN_SORTS).default('ID_DESC');

/** The body that makes a flow run. */
export const newFlowRun = ({ api }: Settings) =>
  model({
    state: optional(proposedState),
    name: optional(runName),
    flow_id: uuid,
    flow_version: optional(text()),
    parameters: sizedParameters(api.maxParameterSizeBytes).default({}),
    context: dictionary.default({}),
    parent_task_run_id: optional(uuid),
    infrastructure_document_id: optional(uuid),
    empirical_policy: flowRunPolicy.default({}),
    tags: texts.default([]),
    labels: labels.nullable().default({}),
    idempotency_key: optional(text()),
    work_pool_name: optional(text()),
    work_queue_name: optional(text()),
    job_variables: optional(dictionary),
    deployment_id: optional(uuid),
  });

/** The body that changes a flow run: what is not named stays. */
export const flowRunChanges = ({ api }: Settings) =>
  model({
    name: optional(runName),
    flow_version: optional(text()),
    parameters: sizedParameters(api.maxParameterSizeBytes).optional(),
    empirical_policy: flowRunPolicy.optional(),
    tags: texts.optional(),
    infrastructure_pid: optional(text()),
    job_variables: optional(dictionary),
  });

/** A flow run with what an answer about it shows besides its row. */
export type ShownFlowRun = FlowRunRow & {
  readonly state: State | null;
  /** The name of the queue that the run is in, where it was read. */
  readonly queueName?: string | null;
  readonly workPoolId: string | null;
  readonly workPoolName: string | null;
};

const creatorToWire = (creator: JsonValue): JsonValue => {
  if (creator === null) return null;
  // The column only ever holds such an object: it is written from one.
  const known = creator as JsonObject;
  return {
    id: known['id'] ?? null,
    type: known['type'] ?? null,
    display_value: known['display_value'] ?? null,
  };
};

/** The fields in Prefect's order; times that go on are counted up to `now`. */
export const flowRunToWire = (run: ShownFlowRun, now: Micros) => ({
  id: run.id,
  created: formatInstant(run.created),
  updated: formatInstant(run.updated),
  name: run.name,
  flow_id: run.flowId,
  state_id: run.stateId,
  deployment_id: run.deploymentId,
  deployment_version: run.deploymentVersion,
  work_queue_id: run.workQueueId,
  work_queue_name: run.queueName ?? run.workQueueName,
  flow_version: run.flowVersion,
  parameters: run.parameters,
  idempotency_key: run.idempotencyKey,
  context: run.context,
  empirical_policy: { ...FLOW_RUN_POLICY, ...run.empiricalPolicy },
  tags: run.tags,
  labels: run.labels ?? {},
  parent_task_run_id: run.parentTaskRunId,
  state_type: run.stateType,
  state_name: run.stateName,
  run_count: run.runCount,
  expected_start_time: formatOptionalInstant(run.expectedStartTime),
  next_scheduled_start_time: formatOptionalInstant(run.nextScheduledStartTime),
  start_time: formatOptionalInstant(run.startTime),
  end_time: formatOptionalInstant(run.endTime),
  total_run_time: run.totalRunTime / MICROS_PER_SECOND,
  estimated_run_time: estimatedRunTimeSeconds(run, now),
  estimated_start_time_delta: latenessSeconds(run, now),
  auto_scheduled: run.autoScheduled,
  infrastructure_document_id: run.infrastructureDocumentId,
  infrastructure_pid: run.infrastructurePid,
  created_by: creatorToWire(run.createdBy),
  work_pool_id: run.workPoolId,
  work_pool_name: run.workPoolName,
  state: optionalStateToWire(run.state),
  job_variables: run.jobVariables,
});

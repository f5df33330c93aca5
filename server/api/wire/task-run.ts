import type { TaskRunRow } from '#prisma/tables.ts';
import { cacheKeyFault } from '#server/commands/bounds.ts';
import type { JsonObject } from '#server/json.ts';
import { TASK_RUN_POLICY } from '#server/orchestration/empirical-policy.ts';
import type { State } from '#server/orchestration/states.ts';
import { estimatedRunTimeSeconds, latenessSeconds } from '#server/queries/run-times.ts';
import {
  MICROS_PER_SECOND,
  type Micros,
  formatInstant,
  formatOptionalInstant,
} from '#server/time.ts';

import { optional } from './filters/criteria.ts';
import { taskRunPolicy } from './policy.ts';
import { datetime } from './pydantic/datetime.ts';
import type { Schema } from './pydantic/refusal.ts';
import { choice, runName, text, uuid } from './pydantic/scalar.ts';
import { dictionaryOf, labels, list, model, openModel, texts, union } from './pydantic/shapes.ts';
import { optionalStateToWire, proposedState } from './state.ts';

const TASK_RUN_SORTS = [
  'ID_DESC',
  'EXPECTED_START_TIME_ASC',
  'EXPECTED_START_TIME_DESC',
  'NAME_ASC',
  'NAME_DESC',
  'NEXT_SCHEDULED_START_TIME_ASC',
  'END_TIME_DESC',
  'DURATION_DESC',
  'DURATION_ASC',
] as const;

export const taskRunSort = choice(TASK_RUN_SORTS).default('ID_DESC');

const inputType = <const Type extends string>(type: Type) =>
  choice([type], 'literal_error').default(type);

const taskInput: Schema<JsonObject> = union<JsonObject>([
  { label: 'TaskRunResult', schema: openModel({ input_type: inputType('task_run'), id: uuid }) },
  { label: 'FlowRunResult', schema: openModel({ input_type: inputType('flow_run'), id: uuid }) },
  { label: 'Parameter', schema: openModel({ input_type: inputType('parameter'), name: text() }) },
  { label: 'Constant', schema: openModel({ input_type: inputType('constant'), type: text() }) },
]);

/** The body that makes a task run; the length of its cache key is bounded by a setting. */
export const newTaskRun = (maxCacheKeyLength: number) =>
  model({
    id: optional(uuid),
    state: optional(proposedState),
    name: optional(runName),
    flow_run_id: optional(uuid),
    task_key: text(),
    dynamic_key: text(),
    cache_key: optional(text({ fault: (key) => cacheKeyFault(key, maxCacheKeyLength) })),
    cache_expiration: optional(datetime),
    task_version: optional(text()),
    empirical_policy: taskRunPolicy.default({}),
    tags: texts.default([]),
    labels: labels.nullable().default({}),
    task_inputs: dictionaryOf(list(taskInput)).default({}),
  });

/** The body that changes a task run. */
export const taskRunChanges = model({ name: runName.optional() });

/** A task run with its state. */
export type ShownTaskRun = TaskRunRow & { readonly state: State | null };

/** The fields in Prefect's order; times that go on are counted up to `now`. */
export const taskRunToWire = (run: ShownTaskRun, now: Micros) => ({
  id: run.id,
  created: formatInstant(run.created),
  updated: formatInstant(run.updated),
  name: run.name,
  flow_run_id: run.flowRunId,
  task_key: run.taskKey,
  dynamic_key: run.dynamicKey,
  cache_key: run.cacheKey,
  cache_expiration: formatOptionalInstant(run.cacheExpiration),
  task_version: run.taskVersion,
  empirical_policy: { ...TASK_RUN_POLICY, ...run.empiricalPolicy },
  tags: run.tags,
  labels: run.labels ?? {},
  state_id: run.stateId,
  task_inputs: run.taskInputs,
  state_type: run.stateType,
  state_name: run.stateName,
  run_count: run.runCount,
  flow_run_run_count: run.flowRunRunCount,
  expected_start_time: formatOptionalInstant(run.expectedStartTime),
  next_scheduled_start_time: formatOptionalInstant(run.nextScheduledStartTime),
  start_time: formatOptionalInstant(run.startTime),
  end_time: formatOptionalInstant(run.endTime),
  total_run_time: run.totalRunTime / MICROS_PER_SECOND,
  estimated_run_time: estimatedRunTimeSeconds(run, now),
  estimated_start_time_delta: latenessSeconds(run, now),
  state: optionalStateToWire(run.state),
});

/** The shorter form in which pages of task runs come. */
export const taskRunSummaryToWire = (run: ShownTaskRun, now: Micros) => ({
  id: run.id,
  created: formatInstant(run.created),
  updated: formatInstant(run.updated),
  name: run.name,
  flow_run_id: run.flowRunId,
  task_key: run.taskKey,
  state_id: run.stateId,
  state: optionalStateToWire(run.state),
  task_version: run.taskVersion,
  task_inputs: run.taskInputs,
  empirical_policy: { ...TASK_RUN_POLICY, ...run.empiricalPolicy },
  tags: run.tags,
  start_time: formatOptionalInstant(run.startTime),
  end_time: formatOptionalInstant(run.endTime),
  total_run_time: run.totalRunTime / MICROS_PER_SECOND,
  estimated_run_time: estimatedRunTimeSeconds(run, now),
  estimated_start_time_delta: latenessSeconds(run, now),
});

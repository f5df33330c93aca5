import { z } from 'zod';

import { id, instant, integer, labelValue, nullable } from './parts.ts';
import {
  constantAnswer,
  flowRunResultAnswer,
  parameterAnswer,
  taskRunResultAnswer,
} from './run-inputs.ts';
import { stateAnswer, stateTypeAnswer } from './state.ts';

export const taskRunPolicyAnswer = z
  .object({
    max_retries: integer.default(0),
    retry_delay_seconds: z.number().default(0),
    retries: nullable(integer),
    retry_delay: nullable(z.union([integer, z.number(), z.array(integer), z.array(z.number())])),
    retry_jitter_factor: nullable(z.number()),
  })
  .meta({ id: 'TaskRunPolicy' });

export const taskRunAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
    name: z.string().optional(),
    flow_run_id: nullable(id),
    task_key: z.string(),
    dynamic_key: z.string(),
    cache_key: nullable(z.string()),
    cache_expiration: nullable(instant),
    task_version: nullable(z.string()),
    empirical_policy: taskRunPolicyAnswer.optional(),
    tags: z.array(z.string()).optional(),
    labels: nullable(z.record(z.string(), labelValue)),
    state_id: nullable(id),
    task_inputs: z
      .record(
        z.string(),
        z.array(
          z.union([taskRunResultAnswer, flowRunResultAnswer, parameterAnswer, constantAnswer]),
        ),
      )
      .optional(),
    state_type: nullable(stateTypeAnswer),
    state_name: nullable(z.string()),
    run_count: integer.default(0),
    flow_run_run_count: integer.default(0),
    expected_start_time: nullable(instant),
    next_scheduled_start_time: nullable(instant),
    start_time: nullable(instant),
    end_time: nullable(instant),
    total_run_time: z.number().default(0.0),
    estimated_run_time: z.number().default(0.0),
    estimated_start_time_delta: z.number().default(0.0),
    state: nullable(stateAnswer),
  })
  .meta({ id: 'TaskRun' });

export const pagedTaskRunAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
    name: z.string().optional(),
    flow_run_id: nullable(id),
    task_key: z.string(),
    state_id: nullable(id),
    state: nullable(stateAnswer),
    task_version: nullable(z.string()),
    task_inputs: z
      .record(
        z.string(),
        z.array(
          z.union([taskRunResultAnswer, flowRunResultAnswer, parameterAnswer, constantAnswer]),
        ),
      )
      .optional(),
    empirical_policy: taskRunPolicyAnswer.optional(),
    tags: z.array(z.string()).optional(),
    start_time: nullable(instant),
    end_time: nullable(instant),
    total_run_time: z.number().default(0.0),
    estimated_run_time: z.number().default(0.0),
    estimated_start_time_delta: z.number().default(0.0),
  })
  .meta({ id: 'TaskRunResponse' });

export const taskRunPaginationAnswer = z
  .object({
    results: z.array(pagedTaskRunAnswer),
    count: integer,
    limit: integer,
    pages: integer,
    page: integer,
  })
  .meta({ id: 'TaskRunPaginationResponse' });

export const uiTaskRunAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
    name: z.string().optional(),
    flow_run_id: nullable(id),
    task_key: z.string(),
    dynamic_key: z.string(),
    cache_key: nullable(z.string()),
    cache_expiration: nullable(instant),
    task_version: nullable(z.string()),
    empirical_policy: taskRunPolicyAnswer.optional(),
    tags: z.array(z.string()).optional(),
    labels: nullable(z.record(z.string(), labelValue)),
    state_id: nullable(id),
    task_inputs: z
      .record(
        z.string(),
        z.array(
          z.union([taskRunResultAnswer, flowRunResultAnswer, parameterAnswer, constantAnswer]),
        ),
      )
      .optional(),
    state_type: nullable(stateTypeAnswer),
    state_name: nullable(z.string()),
    run_count: integer.default(0),
    flow_run_run_count: integer.default(0),
    expected_start_time: nullable(instant),
    next_scheduled_start_time: nullable(instant),
    start_time: nullable(instant),
    end_time: nullable(instant),
    total_run_time: z.number().default(0.0),
    estimated_run_time: z.number().default(0.0),
    estimated_start_time_delta: z.number().default(0.0),
    state: nullable(stateAnswer),
    flow_run_name: nullable(z.string()),
  })
  .meta({ id: 'UITaskRun' });

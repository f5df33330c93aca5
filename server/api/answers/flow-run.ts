import { z } from 'zod';

import { createdByAnswer } from './creator.ts';
import { anyObject, id, instant, integer, labelValue, nullable } from './parts.ts';
import { taskRunResultAnswer } from './run-inputs.ts';
import { stateAnswer, stateTypeAnswer } from './state.ts';

export const flowRunPolicyAnswer = z
  .object({
    max_retries: integer.default(0),
    retry_delay_seconds: z.number().default(0),
    retries: nullable(integer),
    retry_delay: nullable(integer),
    pause_keys: nullable(z.array(z.string()).meta({ uniqueItems: true })),
    resuming: nullable(z.boolean()).default(false),
    retry_type: nullable(z.enum(['in_process', 'reschedule'])),
  })
  .meta({ id: 'FlowRunPolicy' });

export const flowRunAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
    name: z.string().optional(),
    flow_id: id,
    state_id: nullable(id),
    deployment_id: nullable(id),
    deployment_version: nullable(z.string()),
    work_queue_id: nullable(id),
    work_queue_name: nullable(z.string()),
    flow_version: nullable(z.string()),
    parameters: anyObject.optional(),
    idempotency_key: nullable(z.string()),
    context: anyObject.optional(),
    empirical_policy: flowRunPolicyAnswer.optional(),
    tags: z.array(z.string()).optional(),
    labels: z.record(z.string(), labelValue).optional(),
    parent_task_run_id: nullable(id),
    state_type: nullable(stateTypeAnswer),
    state_name: nullable(z.string()),
    run_count: integer.default(0),
    expected_start_time: nullable(instant),
    next_scheduled_start_time: nullable(instant),
    start_time: nullable(instant),
    end_time: nullable(instant),
    total_run_time: z.number().default(0.0),
    estimated_run_time: z.number().default(0.0),
    estimated_start_time_delta: z.number().default(0.0),
    auto_scheduled: z.boolean().default(false),
    infrastructure_document_id: nullable(id),
    infrastructure_pid: nullable(z.string()),
    created_by: nullable(createdByAnswer),
    work_pool_id: nullable(id),
    work_pool_name: nullable(z.string()),
    state: nullable(stateAnswer),
    job_variables: nullable(anyObject),
  })
  .meta({ id: 'FlowRunResponse' });

export const claimedFlowRunAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
    name: z.string().optional(),
    flow_id: id,
    state_id: nullable(id),
    deployment_id: nullable(id),
    deployment_version: nullable(z.string()),
    work_queue_name: nullable(z.string()),
    flow_version: nullable(z.string()),
    parameters: anyObject.optional(),
    idempotency_key: nullable(z.string()),
    context: anyObject.optional(),
    empirical_policy: flowRunPolicyAnswer.optional(),
    tags: z.array(z.string()).optional(),
    labels: nullable(z.record(z.string(), labelValue)),
    parent_task_run_id: nullable(id),
    state_type: nullable(stateTypeAnswer),
    state_name: nullable(z.string()),
    run_count: integer.default(0),
    expected_start_time: nullable(instant),
    next_scheduled_start_time: nullable(instant),
    start_time: nullable(instant),
    end_time: nullable(instant),
    total_run_time: z.number().default(0.0),
    estimated_run_time: z.number().default(0.0),
    estimated_start_time_delta: z.number().default(0.0),
    auto_scheduled: z.boolean().default(false),
    infrastructure_document_id: nullable(id),
    infrastructure_pid: nullable(z.string()),
    created_by: nullable(createdByAnswer),
    work_queue_id: nullable(id),
    state: nullable(stateAnswer),
    job_variables: nullable(anyObject),
  })
  .meta({ id: 'FlowRun' });

export const flowRunPaginationAnswer = z
  .object({
    results: z.array(flowRunAnswer),
    count: integer,
    limit: integer,
    pages: integer,
    page: integer,
  })
  .meta({ id: 'FlowRunPaginationResponse' });

export const flowRunInputAnswer = z
  .object({
    id,
    created: instant.nullable(),
    updated: instant.nullable(),
    flow_run_id: id,
    key: z.string(),
    value: z.string(),
    sender: nullable(z.string()),
  })
  .meta({ id: 'FlowRunInput' });

export const flowRunBulkDeleteAnswer = z
  .object({
    deleted: z.array(id).optional(),
  })
  .meta({ id: 'FlowRunBulkDeleteResponse' });

export const dependencyResultAnswer = z
  .object({
    id,
    name: z.string(),
    upstream_dependencies: z.array(taskRunResultAnswer),
    state: stateAnswer.nullable(),
    expected_start_time: instant.nullable(),
    start_time: instant.nullable(),
    end_time: instant.nullable(),
    total_run_time: z.number().nullable(),
    estimated_run_time: z.number().nullable(),
    untrackable_result: z.boolean(),
  })
  .meta({ id: 'DependencyResult' });

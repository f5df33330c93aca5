import { z } from 'zod';

import { createdByAnswer } from './creator.ts';
import {
  anyObject,
  id,
  instant,
  integer,
  labelValue,
  nullable,
  pageShape,
  storedShape,
} from './parts.ts';
import { taskRunResultAnswer } from './run-inputs.ts';
import { progressShape } from './run-times.ts';
import { stateAnswer } from './state.ts';

const flowRunPolicyAnswer = z
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

const flowRunShape = {
  ...storedShape,
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
  parent_task_run_id: nullable(id),
  ...progressShape,
  auto_scheduled: z.boolean().default(false),
  infrastructure_document_id: nullable(id),
  infrastructure_pid: nullable(z.string()),
  created_by: nullable(createdByAnswer),
  job_variables: nullable(anyObject),
};

export const flowRunAnswer = z
  .object({
    ...flowRunShape,
    labels: z.record(z.string(), labelValue).optional(),
    work_pool_id: nullable(id),
    work_pool_name: nullable(z.string()),
  })
  .meta({ id: 'FlowRunResponse' });

/** A run as a worker gets it, without the names of its pool. */
export const claimedFlowRunAnswer = z
  .object({ ...flowRunShape, labels: nullable(z.record(z.string(), labelValue)) })
  .meta({ id: 'FlowRun' });

export const flowRunPaginationAnswer = z
  .object({ results: z.array(flowRunAnswer), ...pageShape })
  .meta({ id: 'FlowRunPaginationResponse' });

export const flowRunInputAnswer = z
  .object({
    ...storedShape,
    flow_run_id: id,
    key: z.string(),
    value: z.string(),
    sender: nullable(z.string()),
  })
  .meta({ id: 'FlowRunInput' });

export const flowRunBulkDeleteAnswer = z
  .object({ deleted: z.array(id).optional() })
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

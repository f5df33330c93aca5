import { z } from 'zod';

import { globalConcurrencyLimitAnswer } from './concurrency-limit.ts';
import { createdByAnswer, updatedByAnswer } from './creator.ts';
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
import { deploymentScheduleAnswer } from './schedule.ts';

const deploymentStatusAnswer = z.enum(['READY', 'NOT_READY']).meta({ id: 'DeploymentStatus' });

const concurrencyLimitStrategyAnswer = z
  .enum(['ENQUEUE', 'CANCEL_NEW'])
  .meta({ id: 'ConcurrencyLimitStrategy' });

const concurrencyOptionsAnswer = z
  .object({
    collision_strategy: concurrencyLimitStrategyAnswer,
    grace_period_seconds: nullable(integer.min(60.0).max(86400.0)),
  })
  .meta({ id: 'ConcurrencyOptions' });

export const deploymentAnswer = z
  .object({
    ...storedShape,
    name: z.string(),
    version: nullable(z.string()),
    description: nullable(z.string()),
    flow_id: id,
    paused: z.boolean().default(false),
    schedules: z.array(deploymentScheduleAnswer).optional(),
    concurrency_limit: nullable(integer),
    global_concurrency_limit: nullable(globalConcurrencyLimitAnswer),
    concurrency_options: nullable(concurrencyOptionsAnswer),
    job_variables: anyObject.optional(),
    parameters: anyObject.optional(),
    tags: z.array(z.string()).optional(),
    labels: z.record(z.string(), labelValue).optional(),
    work_queue_name: nullable(z.string()),
    work_queue_id: nullable(id),
    last_polled: nullable(instant),
    parameter_openapi_schema: nullable(anyObject),
    path: nullable(z.string()),
    pull_steps: nullable(z.array(anyObject)),
    entrypoint: nullable(z.string()),
    storage_document_id: nullable(id),
    infrastructure_document_id: nullable(id),
    created_by: nullable(createdByAnswer),
    updated_by: nullable(updatedByAnswer),
    work_pool_name: nullable(z.string()),
    status: nullable(deploymentStatusAnswer).default('NOT_READY'),
    enforce_parameter_schema: z.boolean().default(true),
  })
  .meta({ id: 'DeploymentResponse' });

export const deploymentPaginationAnswer = z
  .object({
    results: z.array(deploymentAnswer),
    ...pageShape,
  })
  .meta({ id: 'DeploymentPaginationResponse' });

export const deploymentBulkDeleteAnswer = z
  .object({
    deleted: z.array(id).optional(),
  })
  .meta({ id: 'DeploymentBulkDeleteResponse' });

const flowRunCreateResultAnswer = z
  .object({
    flow_run_id: nullable(id),
    status: z.enum(['CREATED', 'FAILED']),
    error: nullable(z.string()),
  })
  .meta({ id: 'FlowRunCreateResult' });

export const flowRunBulkCreateAnswer = z
  .object({
    results: z.array(flowRunCreateResultAnswer).optional(),
  })
  .meta({ id: 'FlowRunBulkCreateResponse' });

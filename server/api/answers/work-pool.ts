import { z } from 'zod';

import { claimedFlowRunAnswer } from './flow-run.ts';
import { anyObject, id, instant, integer, nullable, pageShape, storedShape } from './parts.ts';
import { workQueueConcurrencyStatusDetailAnswer } from './work-queue.ts';

const workPoolStatusAnswer = z
  .enum(['READY', 'NOT_READY', 'PAUSED'])
  .meta({ id: 'WorkPoolStatus' });

const workPoolStorageConfigurationAnswer = z
  .strictObject({
    bundle_upload_step: nullable(anyObject),
    bundle_execution_step: nullable(anyObject),
    default_result_storage_block_id: nullable(id),
  })
  .meta({ id: 'WorkPoolStorageConfiguration' });

export const workPoolAnswer = z
  .object({
    ...storedShape,
    name: z.string().regex(/^[^/%&><]+$/u),
    description: nullable(z.string()),
    type: z.string(),
    base_job_template: anyObject.optional(),
    is_paused: z.boolean().default(false),
    concurrency_limit: nullable(integer.min(0.0)),
    status: nullable(workPoolStatusAnswer),
    default_queue_id: nullable(id),
    storage_configuration: workPoolStorageConfigurationAnswer.optional(),
    active_slots: nullable(integer),
  })
  .meta({ id: 'WorkPoolResponse' });

export const workPoolConcurrencyStatusAnswer = z
  .object({
    active_slots: integer,
    concurrency_limit: nullable(integer),
    queues: z.array(workQueueConcurrencyStatusDetailAnswer).optional(),
    ...pageShape,
  })
  .meta({ id: 'WorkPoolConcurrencyStatus' });

export const workerFlowRunAnswer = z
  .object({
    work_pool_id: id,
    work_queue_id: id,
    flow_run: claimedFlowRunAnswer,
  })
  .meta({ id: 'WorkerFlowRunResponse' });

const workerStatusAnswer = z.enum(['ONLINE', 'OFFLINE']).meta({ id: 'WorkerStatus' });

export const workerAnswer = z
  .object({
    ...storedShape,
    name: z.string(),
    work_pool_id: id,
    last_heartbeat_time: nullable(instant),
    heartbeat_interval_seconds: nullable(integer),
    status: workerStatusAnswer.default('OFFLINE'),
  })
  .meta({ id: 'WorkerResponse' });

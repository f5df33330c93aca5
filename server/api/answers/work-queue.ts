import { z } from 'zod';

import { id, instant, integer, nullable, pageShape, storedShape } from './parts.ts';
import { stateTypeAnswer } from './state.ts';

const workQueueStatusAnswer = z
  .enum(['READY', 'NOT_READY', 'PAUSED'])
  .meta({ id: 'WorkQueueStatus' });

const queueFilterAnswer = z
  .object({
    tags: nullable(z.array(z.string())),
    deployment_ids: nullable(z.array(id)),
  })
  .meta({ id: 'QueueFilter' });

const workQueueShape = {
  ...storedShape,
  name: z.string().regex(/^[^/%&><]+$/u),
  description: nullable(z.string()).default(''),
  is_paused: z.boolean().default(false),
  concurrency_limit: nullable(integer.min(0)),
  priority: integer.gt(0).default(1),
  work_pool_id: nullable(id),
  filter: nullable(queueFilterAnswer),
  last_polled: nullable(instant),
};

export const checkedWorkQueueAnswer = z.object(workQueueShape).meta({ id: 'WorkQueue' });

export const workQueueAnswer = z
  .object({
    ...workQueueShape,
    work_pool_name: nullable(z.string()),
    status: nullable(workQueueStatusAnswer),
    active_slots: nullable(integer),
  })
  .meta({ id: 'WorkQueueResponse' });

const flowRunSlotSummaryAnswer = z
  .object({
    id,
    name: z.string(),
    state_type: nullable(stateTypeAnswer),
    state_name: nullable(z.string()),
    start_time: nullable(instant),
    state_timestamp: nullable(instant),
    time_in_current_state: nullable(z.number()),
  })
  .meta({ id: 'FlowRunSlotSummary' });

export const workQueueConcurrencyStatusDetailAnswer = z
  .object({
    queue_id: id,
    queue_name: z.string(),
    active_slots: integer,
    concurrency_limit: nullable(integer),
    flow_runs: z.array(flowRunSlotSummaryAnswer).optional(),
    flow_run_count: nullable(integer),
  })
  .meta({ id: 'WorkQueueConcurrencyStatusDetail' });

export const workQueueConcurrencyStatusAnswer = z
  .object({
    active_slots: integer,
    concurrency_limit: nullable(integer),
    flow_runs: z.array(flowRunSlotSummaryAnswer).optional(),
    ...pageShape,
  })
  .meta({ id: 'WorkQueueConcurrencyStatus' });

const workQueueHealthPolicyAnswer = z
  .object({
    maximum_late_runs: nullable(integer).default(0),
    maximum_seconds_since_last_polled: nullable(integer).default(60),
  })
  .meta({ id: 'WorkQueueHealthPolicy' });

export const workQueueStatusDetailAnswer = z
  .object({
    healthy: z.boolean(),
    late_runs_count: integer.default(0),
    last_polled: nullable(instant),
    health_check_policy: workQueueHealthPolicyAnswer,
  })
  .meta({ id: 'WorkQueueStatusDetail' });

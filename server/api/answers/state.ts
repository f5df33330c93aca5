import { z } from 'zod';

import { id, instant, nullable } from './parts.ts';

export const stateTypeAnswer = z
  .enum([
    'SCHEDULED',
    'PENDING',
    'RUNNING',
    'COMPLETED',
    'FAILED',
    'CANCELLED',
    'CRASHED',
    'PAUSED',
    'CANCELLING',
  ])
  .meta({ id: 'StateType' });

const stateDetailsAnswer = z
  .object({
    flow_run_id: nullable(id),
    task_run_id: nullable(id),
    child_flow_run_id: nullable(id),
    scheduled_time: nullable(instant),
    cache_key: nullable(z.string()),
    cache_expiration: nullable(instant),
    deferred: nullable(z.boolean()).default(false),
    untrackable_result: z.boolean().default(false),
    pause_timeout: nullable(instant),
    pause_reschedule: z.boolean().default(false),
    pause_key: nullable(z.string()),
    run_input_keyset: nullable(z.record(z.string(), z.string())),
    refresh_cache: nullable(z.boolean()),
    retriable: nullable(z.boolean()),
    transition_id: nullable(id),
    task_parameters_id: nullable(id),
    traceparent: nullable(z.string()),
    deployment_concurrency_lease_id: nullable(id),
  })
  .meta({ id: 'StateDetails' });

export const stateAnswer = z
  .object({
    id,
    type: stateTypeAnswer,
    name: nullable(z.string()),
    timestamp: instant.optional(),
    message: nullable(z.string()),
    data: nullable(z.unknown()),
    state_details: stateDetailsAnswer.optional(),
  })
  .meta({ id: 'State' });

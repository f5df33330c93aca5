import { z } from 'zod';

import { id, instant, integer } from './parts.ts';
import { stateTypeAnswer } from './state.ts';

export const simpleNextFlowRunAnswer = z
  .object({
    id,
    flow_id: id,
    name: z.string(),
    state_name: z.string(),
    state_type: stateTypeAnswer,
    next_scheduled_start_time: instant,
  })
  .meta({ id: 'SimpleNextFlowRun' });

export const simpleFlowRunAnswer = z
  .object({
    id,
    state_type: stateTypeAnswer,
    timestamp: instant,
    duration: z.number(),
    lateness: z.number(),
  })
  .meta({ id: 'SimpleFlowRun' });

export const taskRunCountAnswer = z.record(z.string(), integer).meta({ id: 'TaskRunCount' });

export const countByStateAnswer = z
  .object({
    COMPLETED: integer.default(0),
    PENDING: integer.default(0),
    RUNNING: integer.default(0),
    FAILED: integer.default(0),
    CANCELLED: integer.default(0),
    CRASHED: integer.default(0),
    PAUSED: integer.default(0),
    CANCELLING: integer.default(0),
    SCHEDULED: integer.default(0),
  })
  .meta({ id: 'CountByState' });

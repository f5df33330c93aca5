import { z } from 'zod';

import { instant, integer, nullable } from './parts.ts';
import { stateAnswer, stateTypeAnswer } from './state.ts';

/** How long a run took, and how late it is. */
export const durationsShape = {
  start_time: nullable(instant),
  end_time: nullable(instant),
  total_run_time: z.number().default(0),
  estimated_run_time: z.number().default(0),
  estimated_start_time_delta: z.number().default(0),
};

/** Where a run of either kind stands. */
export const progressShape = {
  state_type: nullable(stateTypeAnswer),
  state_name: nullable(z.string()),
  run_count: integer.default(0),
  expected_start_time: nullable(instant),
  next_scheduled_start_time: nullable(instant),
  ...durationsShape,
  state: nullable(stateAnswer),
};

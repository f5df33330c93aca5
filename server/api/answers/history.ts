import { z } from 'zod';

import { instant, integer } from './parts.ts';
import { stateTypeAnswer } from './state.ts';

const historyResponseStateAnswer = z
  .object({
    state_type: stateTypeAnswer,
    state_name: z.string(),
    count_runs: integer,
    sum_estimated_run_time: z.number(),
    sum_estimated_lateness: z.number(),
  })
  .meta({ id: 'HistoryResponseState' });

export const historyAnswer = z
  .object({
    interval_start: instant,
    interval_end: instant,
    states: z.array(historyResponseStateAnswer),
  })
  .meta({ id: 'HistoryResponse' });

export const observedStateAnswer = z
  .object({
    state_type: z.string(),
    state_name: z.string(),
    first_seen: instant,
    last_seen: instant,
  })
  .meta({ id: 'ObservedState' });

import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Scheduled flow runs that should have started before the instant and were not called late yet, oldest first. */
export const readOverdueFlowRuns = statement<
  [before: Micros, limit: number],
  { readonly id: string; readonly nextScheduledStartTime: Micros }
>(
  `SELECT id, next_scheduled_start_time FROM flow_run
   WHERE state_type = 'SCHEDULED' AND next_scheduled_start_time <= ? AND state_name = 'Scheduled'
   ORDER BY next_scheduled_start_time LIMIT ?`,
);

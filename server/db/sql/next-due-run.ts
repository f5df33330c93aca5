import type { Micros } from '#server/time.ts';

import { type SqlValue, statement } from '../statement.ts';

const firstOf = (queue: string): string =>
  `(SELECT next_scheduled_start_time FROM flow_run WHERE work_queue_id = ${queue}
    AND state_type = 'SCHEDULED' AND next_scheduled_start_time > CAST(? AS BIGINT)
    ORDER BY next_scheduled_start_time LIMIT 1)`;

/** When the first run of the queues of a JSON list is due after a moment: one look into the index for each queue. */
export const readNextDue = statement<
  [after: Micros, queues: SqlValue],
  { readonly due: Micros | null }
>({
  sqlite: `SELECT min(due) AS due FROM (SELECT ${firstOf('asked.value')} AS due FROM json_each(?) AS asked)`,
  postgresql: `SELECT min(due) AS due FROM (SELECT ${firstOf('asked.id')} AS due
    FROM jsonb_array_elements_text(CAST(? AS JSONB)) AS asked(id)) AS firsts`,
});

/** Flow runs of the queues of a JSON list that are to be stopped. */
export const readCancellingRuns = statement<
  [queues: SqlValue],
  { readonly id: string; readonly stateId: string | null }
>({
  sqlite: `SELECT id, state_id FROM flow_run WHERE state_type = 'CANCELLING'
    AND work_queue_id IN (SELECT value FROM json_each(?)) ORDER BY state_timestamp, id`,
  postgresql: `SELECT id, state_id FROM flow_run WHERE state_type = 'CANCELLING'
    AND work_queue_id IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB))) ORDER BY state_timestamp, id`,
});

import type { LogRow } from '#prisma/tables.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** The lines of a flow run's log that follow a line, oldest first. */
export const readLogsAfter = statement<
  [flowRunId: string, timestamp: Micros, seq: number, limit: number],
  LogRow
>(
  `SELECT * FROM log WHERE flow_run_id = ? AND ("timestamp", seq) > (CAST(? AS BIGINT), CAST(? AS BIGINT))
   ORDER BY "timestamp", seq LIMIT ?`,
);

import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Notes a change in the journal, in the transaction that makes it. */
export const insertChange = statement<
  [at: Micros, topic: string, kind: string, entityId: string, flowRunId: string | null]
>('INSERT INTO change (at, topic, kind, entity_id, flow_run_id) VALUES (?, ?, ?, ?, ?)');

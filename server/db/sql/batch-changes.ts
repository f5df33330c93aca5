import { batchInsert } from '../batch.ts';

/** Notes changes of many entities in the journal. */
export const insertChanges = batchInsert(
  'change',
  { at: 'BIGINT', topic: 'TEXT', kind: 'TEXT', entity_id: 'TEXT', flow_run_id: 'TEXT' },
  '',
);

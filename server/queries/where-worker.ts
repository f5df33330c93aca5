import { sql } from 'kysely';

import type { DialectExpressions } from '#server/db/expressions.ts';

import { type Condition, combined, onId, onInstant, onText } from './criteria.ts';
import type { WorkerFilter } from './filter-types.ts';

/** The workers that a filter admits. */
export const whereWorker = (words: DialectExpressions, filter: WorkerFilter): Condition =>
  combined(
    filter,
    [
      ...onText(words, sql.ref<string>('worker.name'), filter.name),
      ...onText(words, sql.ref<string>('worker.status'), filter.status),
      ...onId(sql.ref<string>('worker.workPoolId'), filter.workPoolId),
      ...onInstant(sql.ref('worker.lastHeartbeatTime'), filter.lastHeartbeatTime),
    ],
    (part) => whereWorker(words, part),
  );

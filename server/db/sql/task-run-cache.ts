import type { TaskRunStateCacheRow } from '#prisma/tables.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';
import { CURRENT_STATE, type CurrentStateColumns } from './lock-flow-run.ts';
import { insertOf } from './row-writes.ts';

/** The state that the newest entry of a cache key leads to, unless the entry has expired. */
export const findCachedState = statement<[cacheKey: string, now: Micros], CurrentStateColumns>(
  `SELECT ${CURRENT_STATE} FROM task_run_state AS state
  LEFT JOIN artifact AS result ON result.id = state.result_artifact_id
  WHERE state.id = (SELECT task_run_state_id FROM task_run_state_cache
    WHERE cache_key = ? AND (cache_expiration IS NULL OR cache_expiration > ?)
    ORDER BY created DESC LIMIT 1)`,
);

export const insertCacheEntry = insertOf<TaskRunStateCacheRow>('task_run_state_cache', [
  'id',
  'created',
  'updated',
  'cacheKey',
  'cacheExpiration',
  'taskRunStateId',
]);

import { run as runStatement } from '#server/db/script.ts';
import { insertCacheEntry } from '#server/db/sql/task-run-cache.ts';
import { newId } from '#server/ids.ts';
import { nowMicros } from '#server/time.ts';

import { ACCEPT, ANY_STATE, type Rule, type TaskRunMoment, reject, states } from '../rule.ts';
import { detailInstant, detailText } from '../state-details.ts';

/** Remembers what a task run came to under the key that it gives. */
export const cacheInsertion: Rule<TaskRunMoment> = {
  name: 'CacheInsertion',
  from: ANY_STATE,
  to: states('COMPLETED'),
  before: ({ ctx }, proposed) => {
    const longest = ctx.settings.tasks.maxCacheKeyLength;
    return (detailText(proposed, 'cache_key') ?? '').length > longest
      ? reject(`Cache key exceeded maximum allowed length of ${longest} characters.`, proposed)
      : ACCEPT;
  },
  after: function* (_moment, { validated }) {
    const cacheKey = validated === null ? null : detailText(validated, 'cache_key');
    if (validated === null || cacheKey === null) return {};
    const now = nowMicros();
    yield* runStatement(
      insertCacheEntry({
        id: newId(),
        created: now,
        updated: now,
        cacheKey,
        cacheExpiration: detailInstant(validated, 'cache_expiration'),
        taskRunStateId: validated.id,
      }),
    );
    return {};
  },
};

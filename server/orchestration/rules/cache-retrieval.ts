import { one } from '#server/db/script.ts';
import { findCachedState } from '#server/db/sql/task-run-cache.ts';
import { nowMicros } from '#server/time.ts';

import { currentState } from '../current-state.ts';
import { ACCEPT, ANY_STATE, type Rule, type TaskRunMoment, reject, states } from '../rule.ts';
import { detailText, isDetailTrue } from '../state-details.ts';

/** A task run whose result is known already takes it over instead of running. */
export const cacheRetrieval: Rule<TaskRunMoment> = {
  name: 'CacheRetrieval',
  from: ANY_STATE,
  to: states('RUNNING'),
  before: function* (_moment, proposed) {
    const cacheKey = detailText(proposed, 'cache_key');
    if (cacheKey === null || isDetailTrue(proposed, 'refresh_cache')) return ACCEPT;
    const found = yield* one(findCachedState(cacheKey, nowMicros()));
    const cached = found === null ? null : currentState(found);
    return cached === null
      ? ACCEPT
      : reject<never>('Retrieved state from cache', { ...cached, name: 'Cached' });
  },
};

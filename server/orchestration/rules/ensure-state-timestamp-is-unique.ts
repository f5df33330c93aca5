import { micros } from '#server/time.ts';

import { ACCEPT, type Moment, accept, universal } from '../rule.ts';

/**
 * Keeps the states of a run in the order in which they were entered, even when the clock stands still, goes back or
 * differs between servers: a state is later than the one before it, so that no two share an instant.
 */
export const ensureStateTimestampIsUnique = universal<Moment>({
  name: 'EnsureFlowRunStateTimestampIsUnique',
  before: ({ initial }, proposed) =>
    initial === null || proposed.timestamp > initial.timestamp
      ? ACCEPT
      : accept({ proposed: { ...proposed, timestamp: micros(initial.timestamp + 1) } }),
});

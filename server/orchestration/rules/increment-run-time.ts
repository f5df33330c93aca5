import { ACCEPT, type Moment, accept, universal } from '../rule.ts';

/** Adds the time spent in RUNNING to what the run has spent so far, once it leaves it. */
export const incrementRunTime = universal<Moment>({
  name: 'IncrementRunTime',
  before: ({ run, initial }, proposed) =>
    initial?.type === 'RUNNING'
      ? accept({
          run: { totalRunTime: run.totalRunTime + (proposed.timestamp - initial.timestamp) },
        })
      : ACCEPT,
});

import { ACCEPT, type Moment, accept, universal } from '../rule.ts';
import { isTerminal } from '../states.ts';

/** Notes when a run ended, and takes that back when it goes on; one that never ran started when it ended. */
export const setEndTime = universal<Moment>({
  name: 'SetEndTime',
  before: ({ run, initial }, proposed) => {
    if (!isTerminal(proposed.type)) {
      return initial !== null && isTerminal(initial.type)
        ? accept({ run: { endTime: null } })
        : ACCEPT;
    }
    if (run.endTime !== null) return ACCEPT;
    return accept({
      run: { startTime: run.startTime ?? proposed.timestamp, endTime: proposed.timestamp },
    });
  },
});

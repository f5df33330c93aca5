import { ACCEPT, type Moment, accept, universal } from '../rule.ts';
import { detailInstant } from '../state-details.ts';

/** Notes with its first state when a run is expected to start. */
export const setExpectedStartTime = universal<Moment>({
  name: 'SetExpectedStartTime',
  before: ({ run }, proposed) => {
    if (run.expectedStartTime !== null) return ACCEPT;
    const due = proposed.type === 'SCHEDULED' ? detailInstant(proposed, 'scheduled_time') : null;
    return accept({ run: { expectedStartTime: due ?? proposed.timestamp } });
  },
});

import { ACCEPT, type Moment, accept, universal } from '../rule.ts';
import { detailInstant } from '../state-details.ts';

/** Notes when a scheduled run is due, as long as it is scheduled. */
export const setNextScheduledStartTime = universal<Moment>({
  name: 'SetNextScheduledStartTime',
  before: ({ initial }, proposed) => {
    if (proposed.type === 'SCHEDULED') {
      return accept({
        run: { nextScheduledStartTime: detailInstant(proposed, 'scheduled_time') },
      });
    }
    return initial?.type === 'SCHEDULED'
      ? accept({ run: { nextScheduledStartTime: null } })
      : ACCEPT;
  },
});

import { MICROS_PER_SECOND, nowMicros } from '#server/time.ts';

import { ACCEPT, type Moment, type Rule, states, wait } from '../rule.ts';
import { detailInstant } from '../state-details.ts';

/** Nothing runs before its time by the server's clock, to which clients bring their own. */
export const waitForScheduledTime: Rule<Moment> = {
  name: 'WaitForScheduledTime',
  from: states('SCHEDULED', 'PENDING'),
  to: states('RUNNING'),
  before: ({ initial }) => {
    const due = initial === null ? null : detailInstant(initial, 'scheduled_time');
    if (due === null) return ACCEPT;
    // Clients parse the delay as an integer: it is rounded, and half a second counts as none.
    const seconds = Math.ceil((due - nowMicros()) / MICROS_PER_SECOND - 0.5);
    return seconds > 0 ? wait(seconds, 'Scheduled time is in the future') : ACCEPT;
  },
};

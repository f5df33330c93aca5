import { ACCEPT, type Moment, type Rule, accept, states } from '../rule.ts';
import { detailText, withDetails } from '../state-details.ts';

/** Carries the scheduled time into PENDING, so that WaitForScheduledTime can still see it. */
export const copyScheduledTime: Rule<Moment> = {
  name: 'CopyScheduledTime',
  from: states('SCHEDULED'),
  to: states('PENDING'),
  before: ({ initial }, proposed) => {
    const due = initial === null ? null : detailText(initial, 'scheduled_time');
    return due === null || detailText(proposed, 'scheduled_time') !== null
      ? ACCEPT
      : accept({ proposed: withDetails(proposed, { scheduled_time: due }) });
  },
};

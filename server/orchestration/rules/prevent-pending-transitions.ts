import { type Moment, type Rule, abort, accept, states } from '../rule.ts';
import { withDetails } from '../state-details.ts';

const CARRIED = ['scheduled_time', 'deployment_concurrency_lease_id'] as const;

/**
 * Lets only one of two workers submit a run: PENDING cannot be entered twice, except for the named steps between the
 * first PENDING and the start.
 */
export const preventPendingTransitions: Rule<Moment> = {
  name: 'PreventPendingTransitions',
  from: states('PENDING', 'CANCELLING', 'RUNNING', 'CANCELLED'),
  to: states('PENDING'),
  before: ({ initial }, proposed) => {
    const isNextStep =
      initial?.type === 'PENDING' && initial.name !== proposed.name && proposed.name !== 'Pending';
    if (isNextStep) {
      const carried = CARRIED.map((key) => [key, initial.details[key] ?? null] as const);
      return accept({ proposed: withDetails(proposed, Object.fromEntries(carried)) });
    }
    return abort(
      `This run is in a ${initial?.type} state and cannot transition to a PENDING state.`,
    );
  },
};

import { ACCEPT, ANY_STATE, type FlowRunMoment, type Rule, reject } from '../rule.ts';
import { detailText } from '../state-details.ts';

/** Lets a client that never saw our answer ask again without harm. */
export const preventDuplicateTransitions: Rule<FlowRunMoment> = {
  name: 'PreventDuplicateTransitions',
  from: ANY_STATE,
  to: ANY_STATE,
  before: ({ initial }, proposed) => {
    const last = initial === null ? null : detailText(initial, 'transition_id');
    return last !== null && last === detailText(proposed, 'transition_id')
      ? reject('This run has already made this state transition.')
      : ACCEPT;
  },
};

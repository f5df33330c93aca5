import { type FlowRunMoment, type Rule, allBut, reject, states } from '../rule.ts';

/** A run that is being cancelled can only become cancelled. */
export const enforceCancellingToCancelledTransition: Rule<FlowRunMoment> = {
  name: 'EnforceCancellingToCancelledTransition',
  from: states('CANCELLING'),
  to: allBut('CANCELLED'),
  before: () =>
    reject('Cannot transition flows that are cancelling to a state other than Cancelled.'),
};

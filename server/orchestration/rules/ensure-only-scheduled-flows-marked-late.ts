import { ACCEPT, ANY_STATE, type FlowRunMoment, type Rule, reject, states } from '../rule.ts';

/** Only a run that is waiting for its time can be late, and only once. */
export const ensureOnlyScheduledFlowsMarkedLate: Rule<FlowRunMoment> = {
  name: 'EnsureOnlyScheduledFlowsMarkedLate',
  from: ANY_STATE,
  to: states('SCHEDULED'),
  before: ({ initial }, proposed) => {
    if (initial === null || proposed.name !== 'Late') return ACCEPT;
    if (initial.type !== 'SCHEDULED') return reject('Only scheduled flows can be marked late.');
    return initial.name === 'Late' ? reject('This flow run is already marked late.') : ACCEPT;
  },
};

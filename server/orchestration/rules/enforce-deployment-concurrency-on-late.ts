import { cancelled } from '../proposals.ts';
import { ACCEPT, type FlowRunMoment, type Rule, reject, states } from '../rule.ts';

/** A deployment that cancels what finds no slot does so with late runs too, which nobody ever asked to submit. */
export const enforceDeploymentConcurrencyOnLate: Rule<FlowRunMoment> = {
  name: 'EnforceDeploymentConcurrencyOnLate',
  from: states('SCHEDULED'),
  to: states('SCHEDULED'),
  before: ({ deployment }, proposed) => {
    if (proposed.name !== 'Late' || deployment === null || !deployment.cancelsNew) return ACCEPT;
    const { limit, activeSlots } = deployment;
    if (limit === null || activeSlots === null || activeSlots < limit) return ACCEPT;
    return reject(
      'Deployment concurrency limit is full and uses the CANCEL_NEW strategy.',
      cancelled('Deployment concurrency limit reached.'),
    );
  },
};

import { one } from '#server/db/script.ts';
import { readLimit } from '#server/db/sql/concurrency-limit-rows.ts';
import { nowMicros } from '#server/time.ts';

import { activeSlotsAt } from '../concurrency.ts';
import { cancelled } from '../proposals.ts';
import { ACCEPT, type FlowRunMoment, type Rule, reject, states } from '../rule.ts';

/** A deployment that cancels what finds no slot does so with late runs too, which nobody ever asked to submit. */
export const enforceDeploymentConcurrencyOnLate: Rule<FlowRunMoment> = {
  name: 'EnforceDeploymentConcurrencyOnLate',
  from: states('SCHEDULED'),
  to: states('SCHEDULED'),
  before: function* ({ deployment }, proposed) {
    if (proposed.name !== 'Late' || deployment === null || !deployment.cancelsNew) return ACCEPT;
    if (deployment.limitId === null) return ACCEPT;
    const now = nowMicros();
    const limit = yield* one(readLimit(now, deployment.limitId));
    if (limit === null || activeSlotsAt(limit, now) < limit.limit) return ACCEPT;
    return reject(
      'Deployment concurrency limit is full and uses the CANCEL_NEW strategy.',
      cancelled('Deployment concurrency limit reached.'),
    );
  },
};

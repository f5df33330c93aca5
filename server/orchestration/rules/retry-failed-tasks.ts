import { addSeconds, nowMicros } from '#server/time.ts';

import { retriesOf, retryDelaySeconds, retryJitterOf } from '../empirical-policy.ts';
import { clampedPoissonSeconds } from '../poisson.ts';
import { awaitingRetry } from '../proposals.ts';
import { ACCEPT, type Rule, type TaskRunMoment, reject, states } from '../rule.ts';

/** A task run that fails is tried again while it has retries left, unless the client says that it is hopeless. */
export const retryFailedTasks: Rule<TaskRunMoment> = {
  name: 'RetryFailedTasks',
  from: states('RUNNING'),
  to: states('FAILED'),
  before: ({ run }, proposed) => {
    const { empiricalPolicy, runCount } = run;
    const retries = retriesOf(empiricalPolicy);
    if (proposed.details['retriable'] === false || retries === null || runCount > retries) {
      return ACCEPT;
    }
    const base = retryDelaySeconds(empiricalPolicy, runCount);
    const jitter = retryJitterOf(empiricalPolicy);
    const seconds = jitter > 0 && base > 0 ? clampedPoissonSeconds(base, jitter) : base;
    const { message, data } = proposed;
    return reject<never>(
      'Retrying',
      awaitingRetry({ at: addSeconds(nowMicros(), seconds), message, data }),
    );
  },
};

import { nowMicros } from '#server/time.ts';

import { isApiAtLeast } from '../client-info.ts';
import { policyChanges } from '../empirical-policy.ts';
import { failed } from '../proposals.ts';
import { ACCEPT, ANY_STATE, type FlowRunMoment, type Rule, reject, states } from '../rule.ts';
import { detailInstant, isDetailTrue } from '../state-details.ts';
import { isTerminal } from '../states.ts';

const WAYS_ON = states('RUNNING', 'SCHEDULED', 'CANCELLING');

/** Says how a paused run may go on, and fails it when nobody came in time. */
export const handleResumingPausedFlows: Rule<FlowRunMoment> = {
  name: 'HandleResumingPausedFlows',
  from: states('PAUSED'),
  to: ANY_STATE,
  before: ({ run, initial }, proposed) => {
    if (initial === null) return ACCEPT;
    if (!WAYS_ON.has(proposed.type) && !isTerminal(proposed.type)) {
      return reject(
        `This run cannot transition to the StateType.${proposed.type} state from the StateType.${initial.type} state.`,
      );
    }
    const name = proposed.name.toLowerCase();
    if (isDetailTrue(initial, 'pause_reschedule') && run.deploymentId === null) {
      return reject(`Cannot reschedule a ${name} flow run without a deployment.`);
    }
    // The process of a paused run is alive: it must be told to stop, however late.
    if (proposed.type === 'CANCELLING') return ACCEPT;
    const timeout = detailInstant(initial, 'pause_timeout');
    if (timeout === null || timeout >= nowMicros()) return ACCEPT;
    const verb = proposed.name === 'Suspended' ? 'suspend' : 'pause';
    return reject(
      `The flow run ${verb} has timed out and can no longer resume.`,
      failed(`The flow was ${name} and never resumed.`),
    );
  },
  after: ({ run, initial, client }, { validated }) => {
    // A run that was waiting in its process and is scheduled instead starts from the beginning, pauses included.
    const startsAnew =
      initial !== null &&
      !isDetailTrue(initial, 'pause_reschedule') &&
      validated?.type === 'SCHEDULED' &&
      isApiAtLeast(client, '0.8.4');
    return policyChanges(
      run.empiricalPolicy,
      startsAnew
        ? { resuming: false, pause_keys: [], retry_type: 'reschedule' }
        : { resuming: true },
    );
  },
};

import { isApiAtLeast } from '../client-info.ts';
import { policyChanges } from '../empirical-policy.ts';
import {
  ACCEPT,
  ANY_STATE,
  type FlowRunMoment,
  type Rule,
  TERMINAL_STATES,
  type Verdict,
  abort,
  accept,
  reject,
} from '../rule.ts';
import { isPersistedResult } from '../state-data.ts';
import { type State, isTerminal } from '../states.ts';
import { losesResult, rejectLossOfResult } from './prevent-result-data-loss.ts';

const refusal = (
  initial: State,
  proposed: State,
  hasDeployment: boolean,
): Verdict<never> | null => {
  if (['CANCELLING', 'PAUSED', 'CRASHED'].includes(proposed.type)) {
    return abort(`Run is already in terminal state ${initial.type}.`);
  }
  const isKept = initial.type === 'COMPLETED' && isPersistedResult(initial.data);
  if (isKept && !isTerminal(proposed.type)) return reject<never>('Run is already COMPLETED.');
  if (losesResult(initial, proposed)) return rejectLossOfResult();
  if (proposed.type === 'SCHEDULED' && !hasDeployment) {
    return abort('Cannot reschedule a run without an associated deployment.');
  }
  return null;
};

/** Says what may follow the end of a run, and lets its pauses fire again when it starts anew. */
export const handleFlowTerminalStateTransitions: Rule<FlowRunMoment> = {
  name: 'HandleFlowTerminalStateTransitions',
  from: TERMINAL_STATES,
  to: ANY_STATE,
  before: ({ run, initial, client }, proposed) => {
    if (initial === null) return ACCEPT;
    const refused = refusal(initial, proposed, run.deploymentId !== null);
    if (refused !== null) return refused;
    if (isTerminal(proposed.type) || !isApiAtLeast(client, '0.8.4')) return ACCEPT;
    const { empiricalPolicy } = run;
    return accept({
      run: policyChanges(empiricalPolicy, {
        resuming: false,
        pause_keys: [],
        retry_type: proposed.type === 'SCHEDULED' ? 'reschedule' : null,
      }),
      undo: () => ({ empiricalPolicy }),
    });
  },
};

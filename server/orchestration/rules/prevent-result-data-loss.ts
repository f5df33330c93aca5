import { ACCEPT, type FlowRunMoment, type Rule, TERMINAL_STATES, reject } from '../rule.ts';
import { isPersistedResult } from '../state-data.ts';
import type { State } from '../states.ts';

const REASON =
  'Cannot overwrite a COMPLETED state that carries persisted result data with one that does not.';

/** Whether a proposal would make a completed run forget where its result lies. */
export const losesResult = (initial: State, proposed: State): boolean =>
  initial.type === 'COMPLETED' &&
  proposed.type === 'COMPLETED' &&
  isPersistedResult(initial.data) &&
  !isPersistedResult(proposed.data);

export const rejectLossOfResult = () => reject<never>(REASON);

/** Keeps even a forced transition from forgetting where the result of a run lies. */
export const preventResultDataLoss: Rule<FlowRunMoment> = {
  name: 'PreventResultDataLoss',
  from: TERMINAL_STATES,
  to: TERMINAL_STATES,
  before: ({ initial }, proposed) =>
    initial !== null && losesResult(initial, proposed) ? rejectLossOfResult() : ACCEPT,
};

import { isApiAtLeast } from '../client-info.ts';
import { isResuming } from '../empirical-policy.ts';
import { ACCEPT, type FlowRunMoment, accept, universal } from '../rule.ts';
import { isTerminal } from '../states.ts';

/** A run that is running again, or has ended, is not coming back from a pause any more. */
export const removeResumingIndicator = universal<FlowRunMoment>({
  name: 'RemoveResumingIndicator',
  before: ({ run, client }, { type }) =>
    isApiAtLeast(client, '0.8.4') &&
    (type === 'RUNNING' || isTerminal(type)) &&
    isResuming(run.empiricalPolicy)
      ? accept({ run: { empiricalPolicy: { ...run.empiricalPolicy, resuming: false } } })
      : ACCEPT,
});

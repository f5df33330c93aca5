import { isApiAtLeast } from '../client-info.ts';
import { isResuming } from '../empirical-policy.ts';
import { ACCEPT, type FlowRunMoment, accept, universal } from '../rule.ts';

/** Counts how often a run was entered, to which coming back from a pause does not add. */
export const incrementFlowRunCount = universal<FlowRunMoment>({
  name: 'IncrementFlowRunCount',
  before: ({ run, client }, proposed) => {
    if (proposed.type !== 'RUNNING') return ACCEPT;
    // Clients of an older API know nothing of resuming.
    if (isApiAtLeast(client, '0.8.4') && isResuming(run.empiricalPolicy)) return ACCEPT;
    return accept({ run: { runCount: run.runCount + 1 } });
  },
});

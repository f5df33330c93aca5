import { cancelled } from '../proposals.ts';
import { ACCEPT, type FlowRunMoment, type Rule, reject, states } from '../rule.ts';
import { isDetailTrue } from '../state-details.ts';

/** Cancels a run at once when nothing of it is running anywhere that would have to be stopped first. */
export const bypassCancellingFlowRunsWithNoInfra: Rule<FlowRunMoment> = {
  name: 'BypassCancellingFlowRunsWithNoInfra',
  from: states('SCHEDULED', 'PAUSED'),
  to: states('CANCELLING'),
  before: ({ run, initial }) => {
    if (initial === null) return ACCEPT;
    const hasInfrastructure = run.infrastructurePid !== null && run.infrastructurePid !== '';
    if ((initial.type === 'SCHEDULED' && !hasInfrastructure) || initial.name === 'Resuming') {
      return reject('Scheduled flow run has no infrastructure to terminate.', cancelled());
    }
    return initial.type === 'PAUSED' && isDetailTrue(initial, 'pause_reschedule')
      ? reject('Suspended flow run has no infrastructure to terminate.', cancelled())
      : ACCEPT;
  },
};

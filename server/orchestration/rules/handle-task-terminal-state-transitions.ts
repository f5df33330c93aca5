import {
  ACCEPT,
  ANY_STATE,
  type Rule,
  TERMINAL_STATES,
  type TaskRunMoment,
  abort,
  accept,
  reject,
} from '../rule.ts';
import { isPersistedResult } from '../state-data.ts';
import { isTerminal } from '../states.ts';

/** Says what may follow the end of a task run; one that starts anew has all its retries again. */
export const handleTaskTerminalStateTransitions: Rule<TaskRunMoment> = {
  name: 'HandleTaskTerminalStateTransitions',
  from: TERMINAL_STATES,
  to: ANY_STATE,
  before: ({ run, initial, flowRun }, proposed) => {
    if (initial === null) return ACCEPT;
    if (['CANCELLING', 'PAUSED', 'CRASHED'].includes(proposed.type)) {
      return abort(`Run is already ${initial.type}.`);
    }
    if (initial.type === 'COMPLETED' && isPersistedResult(initial.data)) {
      return reject('This run is already completed.');
    }
    if (isTerminal(proposed.type)) return ACCEPT;
    const { runCount } = run;
    const isFlowRetry =
      proposed.type === 'RUNNING' && flowRun !== null && run.flowRunRunCount < flowRun.runCount;
    return accept({
      run: { runCount: 0 },
      proposed: isFlowRetry ? { ...proposed, name: 'Retrying' } : proposed,
      undo: () => ({ runCount }),
    });
  },
};

import { paused } from '../proposals.ts';
import {
  ACCEPT,
  ANY_STATE,
  type Rule,
  type TaskRunMoment,
  abort,
  reject,
  states,
} from '../rule.ts';
import { detailText, isDetailTrue } from '../state-details.ts';

/** The tasks of a flow run start only while it is running. */
export const preventRunningTasksFromStoppedFlows: Rule<TaskRunMoment> = {
  name: 'PreventRunningTasksFromStoppedFlows',
  from: ANY_STATE,
  to: states('RUNNING'),
  before: ({ flowRun }) => {
    if (flowRun === null || flowRun.state?.type === 'RUNNING') return ACCEPT;
    const { id, state } = flowRun;
    if (state?.type !== 'PAUSED') {
      return abort('The enclosing flow must be running to begin task execution.');
    }
    return reject(
      `The flow is paused, new tasks can execute after resuming flow run: ${id}.`,
      paused('NotReady', {
        timeout: detailText(state, 'pause_timeout'),
        isRescheduled: isDetailTrue(state, 'pause_reschedule'),
      }),
    );
  },
};

import { announce } from '#server/db/script.ts';

import { ANY_STATE, type Rule, type TaskRunMoment, states } from '../rule.ts';
import { isDetailTrue } from '../state-details.ts';

/** What task workers listen to; the key is that of the task. */
export const SCHEDULED_TASK_RUN = 'scheduled-task-run';

/** Wakes the workers that wait for runs of a task. */
export const enqueueScheduledTasks: Rule<TaskRunMoment> = {
  name: 'EnqueueScheduledTasks',
  from: ANY_STATE,
  to: states('SCHEDULED'),
  after: function* ({ run }, { validated }) {
    if (validated !== null && isDetailTrue(validated, 'deferred')) {
      yield* announce(SCHEDULED_TASK_RUN, run.taskKey);
    }
    return {};
  },
};

import { announce, run as write } from '#server/db/script.ts';
import { enqueueDelivery } from '#server/db/sql/delivery-statements.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { ANY_STATE, type Rule, type TaskRunMoment, states } from '../rule.ts';
import { isDetailTrue } from '../state-details.ts';

/** What task workers listen to; the key is that of the task. */
export const SCHEDULED_TASK_RUN = 'scheduled-task-run';

const RETRIES_FIRST = 0;
const IN_TURN = 1;

/** Puts a run into the queue that task workers of its task are served from, and wakes them. */
export const enqueueScheduledTasks: Rule<TaskRunMoment> = {
  name: 'EnqueueScheduledTasks',
  from: ANY_STATE,
  to: states('SCHEDULED'),
  after: function* ({ run }, { validated }) {
    if (validated !== null && isDetailTrue(validated, 'deferred')) {
      const { id, taskKey } = run;
      const now = nowMicros();
      const priority = validated.name === 'AwaitingRetry' ? RETRIES_FIRST : IN_TURN;
      yield* write(
        enqueueDelivery(newId(), now, now, 'TASK_RUN', taskKey, id, priority, now, json({})),
      );
      yield* announce(SCHEDULED_TASK_RUN, taskKey);
    }
    return {};
  },
};

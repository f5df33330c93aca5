import { notFound } from '#server/errors.ts';

import { ANY_STATE, type Rule, type TaskRunMoment, states } from '../rule.ts';

/** Notes in which attempt of its flow run a task run ran. */
export const updateFlowRunTrackerOnTasks: Rule<TaskRunMoment> = {
  name: 'UpdateFlowRunTrackerOnTasks',
  from: ANY_STATE,
  to: states('RUNNING'),
  after: ({ run, flowRun }) => {
    if (run.flowRunId === null) return {};
    if (flowRun === null) throw notFound('Flow run', run.flowRunId);
    return { flowRunRunCount: flowRun.runCount };
  },
};

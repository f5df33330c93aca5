import { type TaskRunMoment, accept, universal } from '../rule.ts';
import { withDetails } from '../state-details.ts';

/** Writes into a state whose it is. */
export const updateTaskRunStateDetails = universal<TaskRunMoment>({
  name: 'UpdateStateDetails',
  before: ({ run }, proposed) =>
    accept({
      proposed: withDetails(proposed, { flow_run_id: run.flowRunId, task_run_id: run.id }),
    }),
});

import { ACCEPT, type FlowRunMoment, accept, universal } from '../rule.ts';
import { withDetails } from '../state-details.ts';

/** Writes into a subflow's state which task run stands for it in the flow above. */
export const updateSubflowStateDetails = universal<FlowRunMoment>({
  name: 'UpdateSubflowStateDetails',
  before: ({ run }, proposed) =>
    run.parentTaskRunId === null
      ? ACCEPT
      : accept({ proposed: withDetails(proposed, { task_run_id: run.parentTaskRunId }) }),
});

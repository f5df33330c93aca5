import { type FlowRunMoment, universal } from '../rule.ts';
import { withDetails } from '../state-details.ts';
import { taskRunTransition } from '../task-run-transition.ts';

/** Puts the task run that stands for a subflow into every state that the subflow enters. */
export const updateSubflowParentTask = universal<FlowRunMoment>({
  name: 'UpdateSubflowParentTask',
  after: function* ({ run, ctx }, { validated }) {
    if (run.parentTaskRunId !== null && validated !== null) {
      yield* taskRunTransition(ctx, {
        taskRunId: run.parentTaskRunId,
        proposed: withDetails(validated, { child_flow_run_id: run.id }),
        policy: 'minimal',
      });
    }
    return {};
  },
});

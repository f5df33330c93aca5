import { rows, run as runStatement } from '#server/db/script.ts';
import { readFailedTaskRuns } from '#server/db/sql/flow-run-parts.ts';
import { updateRun } from '#server/db/sql/row-writes.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

import { isApiAtLeast } from '../client-info.ts';
import { policyChanges, retriesOf, retryDelaySeconds } from '../empirical-policy.ts';
import { awaitingRetry } from '../proposals.ts';
import { type FlowRunMoment, type Rule, accept, reject, states } from '../rule.ts';
import { detailText, withDetails } from '../state-details.ts';
import { taskRunTransition } from '../task-run-transition.ts';

/** Clients of old run failed tasks again only when the server has put them back. */
function* putBackFailedTasks({ run, ctx }: FlowRunMoment, at: Micros) {
  for (const { id } of yield* rows(readFailedTaskRuns(run.id))) {
    const proposed = awaitingRetry({ at });
    yield* taskRunTransition(ctx, { taskRunId: id, proposed, policy: 'minimal' });
    yield* runStatement(updateRun('task_run', id, { runCount: 0 }));
  }
}

/** A run that fails is tried again while it has retries left. */
export const retryFailedFlows: Rule<FlowRunMoment> = {
  name: 'RetryFailedFlows',
  from: states('RUNNING'),
  to: states('FAILED'),
  before: function* (moment, proposed) {
    const { run, initial, client } = moment;
    const { empiricalPolicy, runCount } = run;
    const retries = retriesOf(empiricalPolicy);
    if (retries === null || runCount > retries) {
      return accept({ run: policyChanges(empiricalPolicy, { retry_type: null }) });
    }
    const at = addSeconds(nowMicros(), retryDelaySeconds(empiricalPolicy, runCount));
    if (!isApiAtLeast(client, '0.8.3')) yield* putBackFailedTasks(moment, at);
    const key = 'deployment_concurrency_lease_id';
    const { message, data } = proposed;
    return reject(
      'Retrying',
      withDetails(awaitingRetry({ at, message, data }), {
        [key]: initial === null ? null : detailText(initial, key),
      }),
      isApiAtLeast(client, '0.8.4')
        ? policyChanges(empiricalPolicy, {
            resuming: false,
            pause_keys: [],
            retry_type: 'in_process',
          })
        : {},
    );
  },
};

import { inSteps } from '#server/commands/in-steps.ts';
import type { Context } from '#server/context.ts';
import { type Script, rows, run } from '#server/db/script.ts';
import {
  detachSomeRuns,
  lockDeploymentsInQueues,
  lockRunsInQueues,
} from '#server/db/sql/work-queue-rows.ts';
import { json } from '#server/json.ts';

/** Runs that lose their queue in one commit, which holds up everybody on SQLite. */
const RUNS_AT_ONCE = 500;

/** Takes the runs out of queues that are to be removed, but for those that are put into them at this moment. */
export const detachRuns = (ctx: Context, workQueueIds: readonly string[]): Promise<void> =>
  inSteps(ctx, function* () {
    const detached = yield* rows(detachSomeRuns(json(workQueueIds), RUNS_AT_ONCE));
    return detached.length === RUNS_AT_ONCE;
  });

/** Keeps what is in queues that the transaction is to remove and keeps already: deployments before runs. */
export function* keepContents(workQueueIds: readonly string[]): Script<void> {
  yield* run(lockDeploymentsInQueues(json(workQueueIds)));
  yield* run(lockRunsInQueues(json(workQueueIds)));
}

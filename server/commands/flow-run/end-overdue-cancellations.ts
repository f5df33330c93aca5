import { enqueueCleanup } from '#server/commands/delivery/cleanup-queue.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import { readOverdueCancellations } from '#server/db/sql/read-cancelling-flow-runs.ts';
import { readWorkPoolOfQueue } from '#server/db/sql/work-pool-rows.ts';
import {
  type FlowRunTransition,
  flowRunOf,
  flowRunTransition,
  readLockedFlowRun,
} from '#server/orchestration/flow-run-transition.ts';
import { cancelled } from '#server/orchestration/proposals.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

const BATCH = 200;
const MESSAGE = 'Flow run cancellation timed out; marked this flow run as Cancelled.';
/** Kinds of pools whose runs no worker looks after. */
const WORKERLESS = [':push', ':managed'];

/** Lets the workers of a run's pool remove what is left of it. */
function* askForCleanup({ run, state }: FlowRunTransition): Script<void> {
  const { workQueueId } = run;
  if (workQueueId === null) return;
  const pool = yield* one(readWorkPoolOfQueue(workQueueId));
  if (pool === null || WORKERLESS.some((suffix) => pool.type.endsWith(suffix))) return;
  yield* enqueueCleanup({
    kind: 'cancelling_timeout_teardown.v1',
    workPoolId: pool.id,
    workQueueId,
    target: { flow_run_id: run.id, infrastructure_pid: run.infrastructurePid },
    occasion: state?.id ?? '',
  });
}

/** Cancels a run, unless it has left the state that it was found in. */
function* endCancellation(
  ctx: Context,
  { id, stateId }: { readonly id: string; readonly stateId: string | null },
): Script<boolean> {
  const locked = yield* readLockedFlowRun(id);
  if (locked === null || flowRunOf(locked).stateId !== stateId) return false;
  const proposed = cancelled(MESSAGE);
  const transition = yield* flowRunTransition(ctx, { flowRunId: id, proposed });
  if (transition.status !== 'ACCEPT') return false;
  yield* askForCleanup(transition);
  return true;
}

/**
 * Cancels the runs whose cancellation nobody confirmed in time, and has what is left of them removed. Gives how many.
 */
export const endOverdueCancellations = async (ctx: Context): Promise<number> => {
  const { cancellingTimeoutSeconds } = ctx.settings.services.cancellationCleanup;
  const before = addSeconds(nowMicros(), -cancellingTimeoutSeconds);
  const overdue = await ctx.db.read(() => rows(readOverdueCancellations(before, BATCH)));
  const ended = await Promise.all(
    overdue.map((run) => ctx.db.write(() => endCancellation(ctx, run))),
  );
  return ended.filter(Boolean).length;
};

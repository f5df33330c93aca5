import { inSteps } from '#server/commands/in-steps.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import {
  deleteFlowRunRow,
  deleteLogsOfFlowRun,
  deleteSomeTaskRuns,
  hasMoreTaskRuns,
  readLeasesOfTaskRuns,
} from '#server/db/sql/flow-run-parts.ts';
import type { LockedFlowRun } from '#server/db/sql/lock-flow-run.ts';
import { notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { freeUnleased } from '#server/orchestration/concurrency.ts';
import { currentState } from '#server/orchestration/current-state.ts';
import { readLockedFlowRun } from '#server/orchestration/flow-run-transition.ts';
import { freeLease } from '#server/orchestration/leases.ts';
import type { OrchestrationContext } from '#server/orchestration/rule.ts';
import { detailText } from '#server/orchestration/state-details.ts';

/** Task runs that go with their flow run in one commit, which holds up everybody on SQLite for 60 us each. */
const FEW_TASK_RUNS = 50;
const TASK_RUNS_AT_ONCE = 300;

export interface DeleteFlowRun {
  readonly flowRunId: string;
}

function* freeTaskSlots(ctx: OrchestrationContext, flowRunId: string): Script<void> {
  for (const { id } of yield* rows(readLeasesOfTaskRuns(flowRunId))) yield* freeLease(ctx, id);
}

/** Gives back what the run, and the task runs that go with it, hold of concurrency limits. */
function* freeHeldSlots(ctx: OrchestrationContext, row: LockedFlowRun): Script<void> {
  yield* freeTaskSlots(ctx, row.id);
  const state = currentState(row);
  const isUnderWay = state !== null && ['PENDING', 'RUNNING', 'CANCELLING'].includes(state.type);
  if (!isUnderWay || row.concurrencyLimitId === null) return;
  const leaseId = detailText(state, 'deployment_concurrency_lease_id');
  if (leaseId === null) yield* freeUnleased(ctx, [row.concurrencyLimitId], 1);
  else yield* freeLease(ctx, leaseId);
}

/** The script that removes a flow run; false when there is none. Its logs are left to `deleteFlowRunLogs`. */
function* flowRunDeletion(
  ctx: OrchestrationContext,
  { flowRunId }: DeleteFlowRun,
): Script<boolean> {
  const row = yield* readLockedFlowRun(flowRunId);
  if (row === null) return false;
  yield* freeHeldSlots(ctx, row);
  yield* run(deleteFlowRunRow(flowRunId));
  yield* recordChange({ topic: 'flow-run', kind: 'deleted', entityId: flowRunId, flowRunId });
  return true;
}

/** Removes all but a few task runs of a flow run that is to be removed, some hundreds a commit. */
const thinOut = (ctx: Context, flowRunId: string): Promise<void> =>
  inSteps(ctx, function* () {
    if ((yield* one(hasMoreTaskRuns(flowRunId, FEW_TASK_RUNS))) === null) return false;
    yield* freeTaskSlots(ctx, flowRunId);
    yield* run(deleteSomeTaskRuns(flowRunId, TASK_RUNS_AT_ONCE));
    return true;
  });

/** Removes the logs of a flow run that is gone, a few thousand a commit so that nobody has to wait for long. */
export const deleteFlowRunLogs = (ctx: Context, flowRunId: string): Promise<void> =>
  inSteps(ctx, function* () {
    return (yield* rows(deleteLogsOfFlowRun(flowRunId))).length > 0;
  });

/** Removes a flow run with its task runs, states, inputs and logs; NOT_FOUND for an unknown one. */
export const deleteFlowRun = async (ctx: Context, input: DeleteFlowRun): Promise<void> => {
  await thinOut(ctx, input.flowRunId);
  const isDeleted = await ctx.db.write(() => flowRunDeletion(ctx, input));
  if (!isDeleted) throw notFound('Flow run', input.flowRunId);
  await deleteFlowRunLogs(ctx, input.flowRunId);
};

/**
 * Removes flow runs in one transaction, but for task runs of those that have many, and gives the ids of those that there
 * were, in the order of the call.
 */
export const deleteFlowRuns = async (
  ctx: Context,
  { flowRunIds }: { readonly flowRunIds: readonly string[] },
): Promise<readonly string[]> => {
  for (const flowRunId of flowRunIds) {
    // oxlint-disable-next-line no-await-in-loop -- one run after the other, so that others can write between
    await thinOut(ctx, flowRunId);
  }
  const deleted = await ctx.db.write(function* () {
    const found = new Set<string>();
    // Always in one order, so that two such calls wait for each other instead of locking up.
    for (const flowRunId of flowRunIds.toSorted()) {
      if (yield* flowRunDeletion(ctx, { flowRunId })) found.add(flowRunId);
    }
    return flowRunIds.filter((id) => found.has(id));
  });
  for (const id of deleted) {
    // oxlint-disable-next-line no-await-in-loop -- one run after the other, so that others can write between
    await deleteFlowRunLogs(ctx, id);
  }
  return deleted;
};

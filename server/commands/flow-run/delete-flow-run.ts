import { inSteps } from '#server/commands/in-steps.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import {
  deleteFlowRunRow,
  deleteLogsOfFlowRun,
  deleteTheseTaskRuns,
  hasMoreTaskRuns,
  lockFlowRunsWithSubflows,
  lockSomeTaskRuns,
  lockTaskRunsOfFlowRuns,
  readLeasesOfTaskRuns,
  readLeasesOfTheseTaskRuns,
} from '#server/db/sql/flow-run-parts.ts';
import type { LockedFlowRun } from '#server/db/sql/lock-flow-run.ts';
import { notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { json } from '#server/json.ts';
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

export interface DeleteFlowRuns {
  readonly flowRunIds: readonly string[];
}

/** Gives back what the run, and the task runs that go with it, hold of concurrency limits. */
function* freeHeldSlots(ctx: OrchestrationContext, row: LockedFlowRun): Script<void> {
  for (const { id } of yield* rows(readLeasesOfTaskRuns(row.id))) yield* freeLease(ctx, id);
  const state = currentState(row);
  const isUnderWay = state !== null && ['PENDING', 'RUNNING', 'CANCELLING'].includes(state.type);
  if (!isUnderWay || row.concurrencyLimitId === null) return;
  const leaseId = detailText(state, 'deployment_concurrency_lease_id');
  if (leaseId === null) yield* freeUnleased(ctx, [row.concurrencyLimitId], 1);
  else yield* freeLease(ctx, leaseId);
}

function* removeFlowRun(ctx: OrchestrationContext, { flowRunId }: DeleteFlowRun): Script<boolean> {
  const row = yield* readLockedFlowRun(flowRunId);
  if (row === null) return false;
  yield* freeHeldSlots(ctx, row);
  yield* run(deleteFlowRunRow(flowRunId));
  yield* recordChange({ topic: 'flow-run', kind: 'deleted', entityId: flowRunId, flowRunId });
  return true;
}

/**
 * The script that removes flow runs and gives the ids of those that there were. Their logs are left to
 * `deleteFlowRunLogs`.
 */
export function* flowRunsDeletion(
  ctx: OrchestrationContext,
  { flowRunIds }: DeleteFlowRuns,
): Script<ReadonlySet<string>> {
  const ids = json(flowRunIds);
  // All runs before all task runs before all slots, as everybody else: who meets others waits instead of locking up.
  yield* run(lockFlowRunsWithSubflows(ids, ids));
  yield* run(lockTaskRunsOfFlowRuns(ids));
  const found = new Set<string>();
  for (const flowRunId of flowRunIds.toSorted()) {
    if (yield* removeFlowRun(ctx, { flowRunId })) found.add(flowRunId);
  }
  return found;
}

/** Removes all but a few task runs of a flow run that is to be removed, some hundreds a commit. */
export const thinOutFlowRun = (ctx: Context, flowRunId: string): Promise<void> =>
  inSteps(ctx, function* () {
    if ((yield* one(hasMoreTaskRuns(flowRunId, FEW_TASK_RUNS))) === null) return false;
    const flowRunIds = json([flowRunId]);
    yield* run(lockFlowRunsWithSubflows(flowRunIds, flowRunIds));
    const some = yield* rows(lockSomeTaskRuns(flowRunId, TASK_RUNS_AT_ONCE));
    const ids = json(some.map(({ id }) => id));
    for (const { id } of yield* rows(readLeasesOfTheseTaskRuns(ids))) yield* freeLease(ctx, id);
    yield* run(deleteTheseTaskRuns(ids));
    return true;
  });

/** Removes the logs of a flow run that is gone, a few thousand a commit so that nobody has to wait for long. */
export const deleteFlowRunLogs = (ctx: Context, flowRunId: string): Promise<void> =>
  inSteps(ctx, function* () {
    return (yield* rows(deleteLogsOfFlowRun(flowRunId))).length > 0;
  });

/** Removes a flow run with its task runs, states, inputs and logs; NOT_FOUND for an unknown one. */
export const deleteFlowRun = async (ctx: Context, input: DeleteFlowRun): Promise<void> => {
  await thinOutFlowRun(ctx, input.flowRunId);
  const flowRunIds = [input.flowRunId];
  const deleted = await ctx.db.write(() => flowRunsDeletion(ctx, { flowRunIds }));
  if (deleted.size === 0) throw notFound('Flow run', input.flowRunId);
  await deleteFlowRunLogs(ctx, input.flowRunId);
};

/**
 * Removes flow runs in one transaction, but for task runs of those that have many, and gives the ids of those that there
 * were, in the order of the call.
 */
export const deleteFlowRuns = async (
  ctx: Context,
  { flowRunIds }: DeleteFlowRuns,
): Promise<readonly string[]> => {
  for (const flowRunId of flowRunIds) {
    // oxlint-disable-next-line no-await-in-loop -- one run after the other, so that others can write between
    await thinOutFlowRun(ctx, flowRunId);
  }
  const found = await ctx.db.write(() => flowRunsDeletion(ctx, { flowRunIds }));
  const deleted = flowRunIds.filter((id) => found.has(id));
  for (const id of deleted) {
    // oxlint-disable-next-line no-await-in-loop -- one run after the other, so that others can write between
    await deleteFlowRunLogs(ctx, id);
  }
  return deleted;
};

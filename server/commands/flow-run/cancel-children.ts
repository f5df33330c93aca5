import type { Context } from '#server/context.ts';
import {
  readSubflowsOfCancelled,
  readTaskRunsOfCancelled,
} from '#server/db/sql/read-children-of-cancelled.ts';
import { isServerError } from '#server/errors.ts';
import { cancelled, cancelling } from '#server/orchestration/proposals.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';

const BATCH = 200;
const MESSAGE = 'The parent flow run was cancelled.';

/** Counts what was accepted; what was deleted meanwhile needs nothing. */
const countAccepted = async (
  transitions: readonly Promise<{ readonly status: string }>[],
): Promise<number> => {
  const statuses = await Promise.all(
    transitions.map(async (transition) => {
      try {
        return (await transition).status;
      } catch (error) {
        if (isServerError(error, 'NOT_FOUND')) return 'GONE';
        throw error;
      }
    }),
  );
  return statuses.filter((status) => status === 'ACCEPT').length;
};

/** Cancels the task runs that were left behind by cancelled flow runs, and gives how many. */
export const cancelTaskRunsOfCancelled = async (ctx: Context): Promise<number> => {
  const found = await ctx.db.readAside(readTaskRunsOfCancelled(BATCH));
  return countAccepted(
    found.map(({ id }) =>
      setTaskRunState(ctx, { taskRunId: id, proposed: cancelled(MESSAGE), force: true }),
    ),
  );
};

/**
 * Cancels the subflow runs of cancelled flow runs, and gives how many. Those of deployments run somewhere else and
 * are asked to stop; the others ended with their parent.
 */
export const cancelSubflowsOfCancelled = async (ctx: Context): Promise<number> => {
  const found = await ctx.db.readAside(readSubflowsOfCancelled(BATCH));
  return countAccepted(
    found.map(({ id, deploymentId }) =>
      setFlowRunState(ctx, {
        flowRunId: id,
        proposed: {
          ...(deploymentId === null ? cancelled() : cancelling()),
          message: MESSAGE,
        },
      }),
    ),
  );
};

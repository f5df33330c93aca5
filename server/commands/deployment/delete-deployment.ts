import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { deleteDeploymentRow, lockDeployment } from '#server/db/sql/deployment-rows.ts';

import { deleteLimit } from './concurrency-limit.ts';
import { recordDeploymentDeleted } from './deployment-events.ts';
import { removeRuns } from './planned-runs.ts';
import { deploymentNotFound } from './update-deployment.ts';

/** Removes a deployment in the running transaction; false when there is none. */
function* deploymentToDelete(ctx: Context, id: string): Script<boolean> {
  const deployment = yield* one(lockDeployment(id));
  if (deployment === null) return false;
  yield* recordDeploymentDeleted(deployment);
  yield* removeRuns(id, 'unstarted');
  yield* run(deleteDeploymentRow(id));
  yield* deleteLimit(ctx, deployment.concurrencyLimitId);
  return true;
}

/** Removes a deployment with its schedules, its limit and the runs that have not begun. NOT_FOUND for an unknown one. */
export const deleteDeployment = async (
  ctx: Context,
  id: string,
): Promise<{ readonly id: string }> => {
  if (!(await ctx.db.write(() => deploymentToDelete(ctx, id)))) {
    throw deploymentNotFound(id, 'Deployment not found');
  }
  return { id };
};

/** Removes deployments at once and gives the ids of those that there were. */
export const deleteDeployments = (
  ctx: Context,
  ids: readonly string[],
): Promise<readonly string[]> =>
  ctx.db.write(function* () {
    const deleted: string[] = [];
    for (const id of ids) {
      if (yield* deploymentToDelete(ctx, id)) deleted.push(id);
    }
    return deleted;
  });

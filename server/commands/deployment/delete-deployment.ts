import type { Context } from '#server/context.ts';
import { type Script, rows, run } from '#server/db/script.ts';
import {
  deleteDeploymentRow,
  lockDeploymentsWithLimits,
  lockUnstartedRuns,
} from '#server/db/sql/deployment-rows.ts';
import { json } from '#server/json.ts';

import { deleteLimit } from './concurrency-limit.ts';
import { recordDeploymentDeleted } from './deployment-events.ts';
import { removeRuns } from './planned-runs.ts';
import { deploymentNotFound } from './update-deployment.ts';

/**
 * Removes deployments and gives the ids of those that there were: all of them before all runs before all limits, each
 * in one order, so that who meets others waits instead of locking up.
 */
function* deploymentsDeletion(ctx: Context, ids: readonly string[]): Script<readonly string[]> {
  const list = json(ids);
  const kept = new Map(
    (yield* rows(lockDeploymentsWithLimits(list, list))).map((row) => [row.id, row]),
  );
  yield* run(lockUnstartedRuns(list));
  const limits = new Set<string>();
  const deleted = [...new Set(ids)].filter((id) => kept.has(id));
  for (const id of deleted) {
    const deployment = kept.get(id);
    if (deployment === undefined) continue;
    yield* recordDeploymentDeleted(deployment);
    yield* removeRuns(id, 'unstarted');
    yield* run(deleteDeploymentRow(id));
    if (deployment.concurrencyLimitId !== null) limits.add(deployment.concurrencyLimitId);
  }
  for (const id of [...limits].toSorted()) yield* deleteLimit(ctx, id);
  return deleted;
}

/** Removes a deployment with its schedules, its limit and the runs that have not begun. NOT_FOUND for an unknown one. */
export const deleteDeployment = async (
  ctx: Context,
  id: string,
): Promise<{ readonly id: string }> => {
  const deleted = await ctx.db.write(() => deploymentsDeletion(ctx, [id]));
  if (deleted.length === 0) throw deploymentNotFound(id, 'Deployment not found');
  return { id };
};

/** Removes deployments at once and gives the ids of those that there were. */
export const deleteDeployments = (
  ctx: Context,
  ids: readonly string[],
): Promise<readonly string[]> => ctx.db.write(() => deploymentsDeletion(ctx, ids));

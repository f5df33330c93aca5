import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readDeploymentRuns } from '#server/db/sql/deployment-poll.ts';
import { json } from '#server/json.ts';
import { type FlowRunView, toFlowRunView } from '#server/queries/flow-run/flow-run-view.ts';
import { type Micros, micros, nowMicros } from '#server/time.ts';

import { markDeploymentsReady } from './mark-deployments-ready.ts';

export interface DeploymentPoll {
  readonly deploymentIds: readonly string[];
  readonly scheduledBefore?: Micros | undefined;
  readonly limit: number;
}

const FOREVER = micros(Number.MAX_SAFE_INTEGER);

/** The runs that whoever serves the deployments should start, soonest first. Notes the poll, which makes them ready. */
export const getScheduledFlowRunsOfDeployments = async (
  ctx: Context,
  { deploymentIds, scheduledBefore = FOREVER, limit }: DeploymentPoll,
): Promise<readonly FlowRunView[]> => {
  const now = nowMicros();
  const query = readDeploymentRuns(scheduledBefore, json(deploymentIds), now, now, 0, limit);
  const found = await ctx.db.read(() => rows(query));
  await markDeploymentsReady(ctx, { deploymentIds });
  return found.map(toFlowRunView);
};

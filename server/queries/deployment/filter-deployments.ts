import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { rows } from '#server/db/script.ts';

import type { DeploymentFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, paged } from '../select.ts';
import { DEPLOYMENT_ORDER, type DeploymentSort } from '../sort.ts';
import { whereDeployment } from '../where.ts';
import { type DeploymentView, deploymentViews } from './deployment-view.ts';

/** The deployments that the filter admits, each with its schedules, work pool and limit. */
export const filterDeployments = (
  ctx: Context,
  { filter, sort, page }: ListOptions<DeploymentFilter, DeploymentSort>,
): Promise<readonly DeploymentView[]> => {
  const query = ctx.db.builder
    .selectFrom('deployment')
    .leftJoin('workQueue as queue', 'queue.id', 'deployment.workQueueId')
    .leftJoin('workPool as pool', 'pool.id', 'queue.workPoolId')
    .selectAll('deployment')
    .select(['queue.name as queueName', 'pool.id as workPoolId', 'pool.name as workPoolName'])
    .where(whereDeployment(expressionsFor(ctx.db.dialect.name), filter));
  return ctx.db.read(function* () {
    const found = yield* rows(paged(query, DEPLOYMENT_ORDER[sort], page));
    return yield* deploymentViews(ctx.db.builder, found);
  });
};

/** How many deployments the filter admits; with a cap, at most one more than that. */
export const countDeployments = (
  ctx: Context,
  { filter, cap }: CountOptions<DeploymentFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('deployment')
      .select('deployment.id')
      .where(whereDeployment(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );

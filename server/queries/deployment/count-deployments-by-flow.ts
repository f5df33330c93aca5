import type { Context } from '#server/context.ts';

import { readRows } from '../select.ts';

/** How many deployments each flow has; flows without any are missing. */
export const countDeploymentsByFlow = async (
  ctx: Context,
  flowIds: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  if (flowIds.length === 0) return new Map();
  const found = await readRows(
    ctx,
    ctx.db.builder
      .selectFrom('deployment')
      .select((eb) => ['deployment.flowId', eb.fn.countAll<number>().as('count')])
      .where('deployment.flowId', 'in', [...flowIds])
      .groupBy('deployment.flowId'),
  );
  return new Map(found.map((row) => [row.flowId, row.count]));
};

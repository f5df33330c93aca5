import type { Context } from '#server/context.ts';

import { NotFound } from '../errors/classes.ts';
import { deploymentWhere } from '../shared/where-unique.ts';

/** The id of the deployment that a lookup names. Throws NotFound. */
export const findDeploymentId = async (
  ctx: Context,
  by: Parameters<typeof deploymentWhere>[0],
): Promise<string> => {
  const found = await ctx.db.prisma.deployment.findFirst({
    where: deploymentWhere(by),
    select: { id: true },
  });
  if (found !== null) return found.id;
  const key = by.name ? `${by.name.flow}/${by.name.deployment}` : (by.id ?? '');
  throw new NotFound('Deployment not found', { typename: 'Deployment', key });
};

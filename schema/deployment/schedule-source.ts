import type { DeploymentSchedule } from '#prisma/client/sqlite/client.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

/** How schedules are read by their ids. They are listed by their deployments alone. */
export const DEPLOYMENT_SCHEDULES: Pick<
  ListSource<object, DeploymentSchedule>,
  'typeName' | 'hydrate'
> = {
  typeName: 'DeploymentSchedule',
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.deploymentSchedule.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

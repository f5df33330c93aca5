import { sql } from 'kysely';

import type { Deployment } from '#prisma/client/sqlite/client.ts';
import type { DeploymentFilter } from '#server/queries/filter-types.ts';
import { whereDeployment } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('deployment.id');

export const DEPLOYMENTS: ListSource<DeploymentFilter, Deployment> = {
  typeName: 'Deployment',
  table: 'deployment',
  where: whereDeployment,
  columns: {
    CREATED_AT: { by: sql.ref('deployment.created'), isNullable: false },
    UPDATED_AT: { by: sql.ref('deployment.updated'), isNullable: false },
    NAME: { by: sql.ref('deployment.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.deployment.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

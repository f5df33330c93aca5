import { sql } from 'kysely';

import type { Automation } from '#prisma/client/sqlite/client.ts';
import type { AutomationFilter } from '#server/queries/filter-types.ts';
import { whereAutomation } from '#server/queries/where-automation.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

export const AUTOMATIONS: ListSource<AutomationFilter, Automation> = {
  typeName: 'Automation',
  table: 'automation',
  where: whereAutomation,
  columns: {
    CREATED_AT: { by: sql.ref('automation.created'), isNullable: false },
    UPDATED_AT: { by: sql.ref('automation.updated'), isNullable: false },
    NAME: { by: sql.ref('automation.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'NAME', direction: 'ASC' }],
  id: sql.ref('automation.id'),
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.automation.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

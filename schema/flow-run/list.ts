import { sql } from 'kysely';

import type { FlowRun } from '#prisma/client/sqlite/client.ts';
import type { FlowRunFilter } from '#server/queries/filter-types.ts';
import { whereFlowRun } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('flowRun.id');

export const FLOW_RUNS: ListSource<FlowRunFilter, FlowRun> = {
  typeName: 'FlowRun',
  table: 'flowRun',
  where: whereFlowRun,
  // Every flow run gets an expected start with its first state, which it is made with.
  columns: {
    ID: { by: id, isNullable: false },
    START_TIME: {
      by: sql`coalesce(${sql.ref('flowRun.startTime')}, ${sql.ref('flowRun.expectedStartTime')})`,
      isNullable: false,
    },
    EXPECTED_START_TIME: { by: sql.ref('flowRun.expectedStartTime'), isNullable: false },
    NEXT_SCHEDULED_START_TIME: { by: sql.ref('flowRun.nextScheduledStartTime'), isNullable: true },
    END_TIME: { by: sql.ref('flowRun.endTime'), isNullable: true },
    NAME: { by: sql.ref('flowRun.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'EXPECTED_START_TIME', direction: 'DESC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.flowRun.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

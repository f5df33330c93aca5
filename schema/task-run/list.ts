import { sql } from 'kysely';

import type { TaskRun } from '#prisma/client/sqlite/client.ts';
import type { TaskRunFilter } from '#server/queries/filter-types.ts';
import { whereTaskRun } from '#server/queries/where.ts';

import { asQuery, byId } from '../shared/by-id.ts';
import type { ListSource } from '../shared/list-source.ts';

const id = sql.ref('taskRun.id');

export const TASK_RUNS: ListSource<TaskRunFilter, TaskRun> = {
  typeName: 'TaskRun',
  table: 'taskRun',
  where: whereTaskRun,
  columns: {
    ID: { by: id, isNullable: false },
    EXPECTED_START_TIME: { by: sql.ref('taskRun.expectedStartTime'), isNullable: true },
    NEXT_SCHEDULED_START_TIME: { by: sql.ref('taskRun.nextScheduledStartTime'), isNullable: true },
    END_TIME: { by: sql.ref('taskRun.endTime'), isNullable: true },
    NAME: { by: sql.ref('taskRun.name'), isNullable: false },
  },
  defaultOrder: [{ field: 'EXPECTED_START_TIME', direction: 'DESC' }],
  id,
  hydrate: async (ctx, ids, selection) =>
    byId(
      await ctx.db.prisma.taskRun.findMany({
        ...asQuery(selection),
        where: { id: { in: [...ids] } },
      }),
    ),
};

import { selectTaskRuns } from '#server/queries/task-run/task-run-selection.ts';

import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { TaskRunFilter } from '../shared/entity-filters.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { TaskRunOrder } from '../shared/orders.ts';
import { RunAggregate, aggregateRuns } from '../shared/run-aggregate.ts';
import { toFilter } from '../shared/to-filter.ts';
import { storedId } from '../shared/where-unique.ts';
import { TASK_RUNS } from './list.ts';
import { TaskRunConnection } from './object.ts';

builder.queryField('taskRun', (t) =>
  t.prismaField({
    type: 'TaskRun',
    nullable: true,
    description: 'One task run, or null.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.server.db.prisma.taskRun.findUnique({ ...query, where: { id: storedId(id) } }),
  }),
);

builder.queryField('taskRuns', (t) =>
  t.field({
    type: TaskRunConnection,
    description: 'Task runs, the one expected to start last first unless an order is given.',
    args: {
      filter: t.arg({ type: TaskRunFilter, description: FILTER }),
      orderBy: t.arg({ type: [TaskRunOrder], description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, args, ctx, info) => resolveConnection(ctx, info, { source: TASK_RUNS, args }),
  }),
);

builder.queryField('taskRunAggregate', (t) =>
  t.field({
    type: RunAggregate,
    description: 'What task runs amount to.',
    args: { filter: t.arg({ type: TaskRunFilter, description: FILTER }) },
    resolve: (_root, { filter }, ctx, info) =>
      aggregateRuns(ctx, info, selectTaskRuns(ctx.server, toFilter(filter))),
  }),
);

import { builder } from '../builder.ts';
import { FLOW_RUNS } from '../flow-run/list.ts';
import { FlowRun } from '../flow-run/object.ts';
import { resolveFirst } from '../shared/connection.ts';
import { TaskRun } from './object.ts';

builder.prismaObjectField(TaskRun, 'subflowRun', (t) =>
  t.field({
    type: FlowRun,
    nullable: true,
    description: 'The flow run it stands for, the newest if there were several.',
    resolve: (run, _args, ctx, info) =>
      resolveFirst(ctx, info, {
        source: FLOW_RUNS,
        within: { parentTaskRunId: { in: [run.id] } },
        orderBy: [{ field: 'EXPECTED_START_TIME', direction: 'DESC' }],
      }),
  }),
);

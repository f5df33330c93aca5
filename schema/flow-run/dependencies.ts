import {
  type TaskDependency,
  readTaskDependencies,
} from '#server/queries/task-run/read-task-dependencies.ts';

import { builder } from '../builder.ts';
import { batched } from '../shared/batch.ts';
import { rowsByIds } from '../shared/rows-by-ids.ts';
import { TASK_RUNS } from '../task-run/list.ts';
import { TaskRun } from '../task-run/object.ts';
import { FlowRun } from './object.ts';

const { hydrate } = TASK_RUNS;

const TaskRunDependency = builder.objectRef<TaskDependency>('TaskRunDependency').implement({
  description: 'A task run with those whose results it was given.',
  fields: (t) => ({
    taskRun: t.field({
      type: TaskRun,
      nullable: true,
      description: 'The task run; null when it is just gone.',
      resolve: async ({ taskRunId }, _args, ctx, info) =>
        (await rowsByIds(ctx, info, { hydrate, ids: [taskRunId] }))[0] ?? null,
    }),
    upstream: t.field({
      type: [TaskRun],
      description: 'The task runs whose results it was given.',
      resolve: async ({ upstreamIds }, _args, ctx, info) => [
        ...(await rowsByIds(ctx, info, { hydrate, ids: upstreamIds })),
      ],
    }),
    untrackableResult: t.exposeBoolean('isUntrackable', {
      description: 'Whether it returned something whose use cannot be followed.',
    }),
  }),
});

builder.prismaObjectField(FlowRun, 'dependencies', (t) =>
  t.field({
    type: [TaskRunDependency],
    description: 'How its task runs depend on each other, the newest first.',
    resolve: async ({ id }, _args, ctx, info) => [
      ...(await batched<string, readonly TaskDependency[]>(ctx, info, {
        key: id,
        purpose: 'dependencies',
        load: (ids) => readTaskDependencies(ctx.server, ids),
      })),
    ],
  }),
);

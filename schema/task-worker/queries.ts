import {
  type TaskWorker as Shape,
  listTaskWorkers,
} from '#server/queries/task-worker/read-task-workers.ts';

import { builder } from '../builder.ts';

const TaskWorker = builder.objectRef<Shape>('TaskWorker').implement({
  description: 'A process that runs background tasks and is there.',
  fields: (t) => ({
    identifier: t.exposeString('identifier', { description: 'What it calls itself.' }),
    taskKeys: t.stringList({
      description: 'The keys of its tasks.',
      resolve: ({ taskKeys }) => [...taskKeys],
    }),
    timestamp: t.expose('timestamp', {
      type: 'DateTime',
      description: 'When it was last heard of.',
    }),
  }),
});

builder.queryField('taskWorkers', (t) =>
  t.field({
    type: [TaskWorker],
    description: 'The processes that run background tasks, as far as they are there.',
    args: {
      taskKeys: t.arg.stringList({ description: 'Only those that run one of these tasks.' }),
    },
    resolve: (_root, { taskKeys }, { server }) =>
      listTaskWorkers(server, { taskKeys: taskKeys ?? [] }),
  }),
);

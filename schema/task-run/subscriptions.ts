import type { RunStateChange } from '#server/queries/journal/run-state-changes.ts';

import { builder } from '../builder.ts';
import { TaskRunFilter } from '../shared/entity-filters.ts';
import { toFilter } from '../shared/to-filter.ts';
import { storedId } from '../shared/where-unique.ts';
import { State, toStateShape } from '../state/object.ts';
import { comparing } from '../streams/changed-fields.ts';
import { defineChange } from '../streams/define-change.ts';
import { AFTER, CURSOR } from '../streams/descriptions.ts';
import { followEntities } from '../streams/entity-changes.ts';
import { followStateChanges } from '../streams/state-changes.ts';

/** A stream of the task runs of a flow run starts with this many, the newest. */
const MAX_PRESENT = 1000;

const TaskRunStateChange = builder.objectRef<RunStateChange>('TaskRunStateChange').implement({
  description: 'A task run entered a state.',
  fields: (t) => ({
    cursor: t.string({ description: CURSOR, resolve: ({ seq }) => String(seq) }),
    taskRun: t.prismaField({
      type: 'TaskRun',
      description: 'The task run as it is now.',
      resolve: (query, { runId }, _args, ctx) =>
        ctx.server.db.prisma.taskRun.findUniqueOrThrow({ ...query, where: { id: runId } }),
    }),
    state: t.field({
      type: State,
      description: 'The state it entered.',
      resolve: ({ state }) => toStateShape('taskRun', state),
    }),
    previousState: t.field({
      type: State,
      nullable: true,
      description: 'The state it was in before.',
      resolve: ({ previousState }) =>
        previousState === null ? null : toStateShape('taskRun', previousState),
    }),
    occurred: t.expose('occurred', { type: 'DateTime', description: 'When it was written down.' }),
  }),
});

builder.subscriptionField('taskRunStateChanged', (t) =>
  t.field({
    type: TaskRunStateChange,
    description:
      'The states that task runs enter, in the order in which they were written down. States that one report brought together are told by the last of them.',
    args: {
      filter: t.arg({ type: TaskRunFilter, description: 'Which task runs, as they are now.' }),
      after: t.arg.string({ description: AFTER }),
    },
    subscribe: (_root, { filter, after }, ctx) =>
      followStateChanges(ctx.server, { kind: 'taskRun', filter: toFilter(filter) }, after ?? null),
    resolve: (change) => change,
  }),
);

const TaskRunChange = defineChange('TaskRunChange', 'a task run', (t) => ({
  taskRun: t.prismaField({
    type: 'TaskRun',
    nullable: true,
    description: 'The task run as it is now; null when it is gone.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.taskRun.findUnique({ ...query, where: { id } }),
  }),
}));

builder.subscriptionField('taskRuns', (t) =>
  t.field({
    type: TaskRunChange,
    description: 'The task runs of a flow run: those it has now, then whenever one changes.',
    args: { flowRunId: t.arg.id({ required: true, description: 'The id of the flow run.' }) },
    subscribe: (_root, { flowRunId }, { server }, info) =>
      followEntities(server, {
        topic: 'task-run',
        compare: comparing(server, info, { table: 'taskRun', typeName: 'TaskRun' }),
        key: storedId(flowRunId),
        present: async () => {
          const found = await server.db.prisma.taskRun.findMany({
            where: { flowRunId: storedId(flowRunId) },
            select: { id: true },
            orderBy: { id: 'desc' },
            take: MAX_PRESENT,
          });
          return found.map(({ id }) => id).toReversed();
        },
      }),
    resolve: (change) => change,
  }),
);

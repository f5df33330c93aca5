import { selectFlowRuns } from '#server/queries/flow-run/flow-run-selection.ts';
import type { RunStateChange } from '#server/queries/journal/run-state-changes.ts';

import { builder } from '../builder.ts';
import { FlowRunFilter } from '../shared/entity-filters.ts';
import { RunAggregate, aggregateRuns } from '../shared/run-aggregate.ts';
import { toFilter } from '../shared/to-filter.ts';
import { storedId } from '../shared/where-unique.ts';
import { State, toStateShape } from '../state/object.ts';
import { followAggregate } from '../streams/aggregates.ts';
import { comparing } from '../streams/changed-fields.ts';
import { defineChange } from '../streams/define-change.ts';
import { AFTER, CURSOR } from '../streams/descriptions.ts';
import { followEntities } from '../streams/entity-changes.ts';
import { followStateChanges } from '../streams/state-changes.ts';

const FlowRunStateChange = builder.objectRef<RunStateChange>('FlowRunStateChange').implement({
  description: 'A flow run entered a state.',
  fields: (t) => ({
    cursor: t.string({ description: CURSOR, resolve: ({ seq }) => String(seq) }),
    flowRun: t.prismaField({
      type: 'FlowRun',
      description: 'The flow run as it is now.',
      resolve: (query, { runId }, _args, ctx) =>
        ctx.server.db.prisma.flowRun.findUniqueOrThrow({ ...query, where: { id: runId } }),
    }),
    state: t.field({
      type: State,
      description: 'The state it entered.',
      resolve: ({ state }) => toStateShape('flowRun', state),
    }),
    previousState: t.field({
      type: State,
      nullable: true,
      description: 'The state it was in before.',
      resolve: ({ previousState }) =>
        previousState === null ? null : toStateShape('flowRun', previousState),
    }),
    occurred: t.expose('occurred', { type: 'DateTime', description: 'When it was written down.' }),
  }),
});

builder.subscriptionField('flowRunStateChanged', (t) =>
  t.field({
    type: FlowRunStateChange,
    description:
      'The states that flow runs enter, each at least once, in the order in which they were written down.',
    args: {
      filter: t.arg({ type: FlowRunFilter, description: 'Which flow runs, as they are now.' }),
      after: t.arg.string({ description: AFTER }),
    },
    subscribe: (_root, { filter, after }, ctx) =>
      followStateChanges(ctx.server, { kind: 'flowRun', filter: toFilter(filter) }, after ?? null),
    resolve: (change) => change,
  }),
);

const FlowRunChange = defineChange('FlowRunChange', 'a flow run', (t) => ({
  flowRun: t.prismaField({
    type: 'FlowRun',
    nullable: true,
    description: 'The flow run as it is now; null when it is gone.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.flowRun.findUnique({ ...query, where: { id } }),
  }),
}));

builder.subscriptionField('flowRun', (t) =>
  t.field({
    type: FlowRunChange,
    description: 'One flow run: as it is now, then whenever it changes.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    subscribe: (_root, { id }, ctx, info) =>
      followEntities(ctx.server, {
        topic: 'flow-run',
        key: storedId(id),
        present: async () => [storedId(id)],
        compare: comparing(ctx.server, info, { table: 'flowRun', typeName: 'FlowRun' }),
      }),
    resolve: (change) => change,
  }),
);

builder.subscriptionField('flowRunAggregate', (t) =>
  t.field({
    type: RunAggregate,
    description: 'What flow runs amount to: now, then anew after changes.',
    args: {
      filter: t.arg({ type: FlowRunFilter, description: 'Which flow runs.' }),
      everySeconds: t.arg.float({
        defaultValue: 2,
        description: 'How long to wait between two messages, at least one second.',
      }),
    },
    subscribe: (_root, { everySeconds }, ctx) => followAggregate(ctx.server, everySeconds ?? 2),
    resolve: (_news, { filter }, ctx, info) =>
      aggregateRuns(ctx, info, selectFlowRuns(ctx.server, toFilter(filter))),
  }),
);

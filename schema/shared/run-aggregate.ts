import type { GraphQLResolveInfo } from 'graphql';

import type { StateType as StateTypeName } from '#server/orchestration/states.ts';
import { countRunsByState } from '#server/queries/count-runs-by-state.ts';
import {
  type HistoryBucket as HistoryBucketShape,
  type HistoryState as HistoryStateShape,
  type NamedStateCount,
  type RunSelection,
  averageLatenessSeconds,
  averageRunTimeSeconds,
  runHistory,
} from '#server/queries/run-history.ts';

import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { batched } from './batch.ts';
import { StateType } from './enums.ts';

export interface RunAggregateShape {
  readonly runs: RunSelection;
  readonly counts: () => Promise<readonly NamedStateCount[]>;
}

/** What runs amount to. They are counted at most once, together with the runs of sibling objects. */
export const aggregateRuns = (
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  runs: RunSelection,
): RunAggregateShape => {
  let counts: Promise<readonly NamedStateCount[]> | null = null;
  return {
    runs,
    counts: () =>
      (counts ??= batched<RunSelection, readonly NamedStateCount[]>(ctx, info, {
        key: runs,
        purpose: 'counts',
        load: (selections) => countRunsByState(ctx.server, runs.table, selections),
      })),
  };
};

interface StateCountShape {
  readonly type: StateTypeName;
  readonly name: string | null;
  readonly count: number;
}

const StateCount = builder.objectRef<StateCountShape>('StateCount').implement({
  description: 'How many runs are in a kind of state, or in one of a name.',
  fields: (t) => ({
    type: t.expose('type', { type: StateType, description: 'The kind of state.' }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'The name of the state; null where all names of a kind are counted together.',
    }),
    count: t.exposeInt('count', { description: 'How many runs.' }),
  }),
});

const HistoryState = builder.objectRef<HistoryStateShape>('HistoryState').implement({
  description: 'The runs of an interval that are in one state now.',
  fields: (t) => ({
    type: t.field({
      type: StateType,
      description: 'The kind of state.',
      resolve: (state) => state.type ?? 'PENDING',
    }),
    name: t.string({
      description: 'The name of the state.',
      resolve: (state) => state.name ?? 'Pending',
    }),
    count: t.exposeInt('count', { description: 'How many runs.' }),
    sumEstimatedRunTimeSeconds: t.exposeFloat('sumEstimatedRunTimeSeconds', {
      description: 'How long they have run, all together.',
    }),
    sumEstimatedLatenessSeconds: t.exposeFloat('sumEstimatedLatenessSeconds', {
      description: 'How late they started or are, all together.',
    }),
  }),
});

const HistoryBucket = builder.objectRef<HistoryBucketShape>('HistoryBucket').implement({
  description: 'An interval of a history of runs.',
  fields: (t) => ({
    start: t.expose('start', { type: 'DateTime', description: 'Where it starts.' }),
    end: t.expose('end', { type: 'DateTime', description: 'Where the next one starts.' }),
    states: t.field({
      type: [HistoryState],
      description: 'Its runs by state.',
      resolve: (bucket) => [...bucket.states],
    }),
  }),
});

const total = (counts: readonly NamedStateCount[]): number =>
  counts.reduce((sum, { count }) => sum + count, 0);

export const RunAggregate = builder.objectRef<RunAggregateShape>('RunAggregate').implement({
  description: 'What a set of runs amounts to. Runs without a state are left out of its counts.',
  fields: (t) => ({
    count: t.int({
      description: 'How many runs there are.',
      resolve: async (aggregate) => total(await aggregate.counts()),
    }),
    byStateType: t.field({
      type: [StateCount],
      description: 'How many are in each kind of state; kinds without runs are left out.',
      resolve: async (aggregate) =>
        [...Map.groupBy(await aggregate.counts(), ({ type }) => type)].map(([type, counts]) => ({
          type,
          name: null,
          count: total(counts),
        })),
    }),
    byStateName: t.field({
      type: [StateCount],
      description: 'How many are in each state; states without runs are left out.',
      resolve: async (aggregate) => [...(await aggregate.counts())],
    }),
    history: t.field({
      type: [HistoryBucket],
      description: 'The runs in intervals of their expected start, at most 500 of them.',
      args: {
        start: t.arg({ type: 'DateTime', required: true, description: 'Where it starts.' }),
        end: t.arg({ type: 'DateTime', required: true, description: 'Where it ends.' }),
        intervalSeconds: t.arg.float({
          required: true,
          description: 'The length of an interval, at least one second.',
        }),
      },
      resolve: async ({ runs }, { start, end, intervalSeconds }, ctx) => [
        ...(await runHistory(ctx.server, runs, {
          start,
          end,
          intervalSeconds: Math.max(1, intervalSeconds),
        })),
      ],
    }),
    averageLatenessSeconds: t.float({
      nullable: true,
      description: 'The mean of how late they started or are; null without runs.',
      resolve: ({ runs }, _args, ctx) => averageLatenessSeconds(ctx.server, runs),
    }),
    averageRunTimeSeconds: t.float({
      nullable: true,
      description: 'The mean of how long they have run; null without runs.',
      resolve: ({ runs }, _args, ctx) => averageRunTimeSeconds(ctx.server, runs),
    }),
  }),
});

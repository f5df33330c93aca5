import type { DashboardQuery, FlowRunFilter, StateType } from '@prefect-server/client-gen/web';

/** Runs that do not go on by themselves, or should have by now. */
export const stuckRuns: FlowRunFilter = {
  or: [
    { state: { name: { in: ['Late', 'AwaitingConcurrencySlot'] } } },
    { state: { type: { in: ['PAUSED', 'CANCELLING'] } } },
  ],
};

/** A number of runs that somebody should look at, and where they are listed. */
export type AttentionItem = {
  /** Below the base of the pages. */
  readonly path: string;
  readonly count: number;
  readonly text: string;
  /** Whose icon and colour stand for it. */
  readonly type: StateType;
};

type StateCount = DashboardQuery['stuck']['byStateName'][number];
type WorkPool = DashboardQuery['idlePools']['nodes'][number];

const kinds = [
  { state: 'Late', type: 'SCHEDULED', one: 'late run', more: 'late runs' },
  {
    state: 'AwaitingConcurrencySlot',
    type: 'SCHEDULED',
    one: 'run waits for a slot',
    more: 'runs wait for a slot',
  },
  {
    state: 'PAUSED',
    type: 'PAUSED',
    one: 'run waits to be resumed',
    more: 'runs wait to be resumed',
  },
  {
    state: 'CANCELLING',
    type: 'CANCELLING',
    one: 'run is being cancelled',
    more: 'runs are being cancelled',
  },
] as const;

const stuckItems = (counts: readonly StateCount[]): readonly AttentionItem[] =>
  kinds.map(({ state, type, one, more }) => {
    const count = counts
      .filter((each) => each.name === state || each.type === state)
      .reduce((sum, each) => sum + each.count, 0);
    return {
      path: `/runs?range=all&state=${state}`,
      count,
      text: count === 1 ? one : more,
      type,
    };
  });

const poolItems = (workPools: readonly WorkPool[]): readonly AttentionItem[] =>
  workPools.map(({ name, status, runAggregate: { count } }) => ({
    path: `/work-pools/work-pool/${encodeURIComponent(name)}`,
    count,
    text: `late in ${name}, which ${status === 'PAUSED' ? 'is paused' : 'has no worker'}`,
    type: status === 'PAUSED' ? 'PAUSED' : 'FAILED',
  }));

/** What stands still, by what would have to be done about it; nothing when all is well. */
export const attentionOf = ({
  stuck,
  idlePools,
}: Pick<DashboardQuery, 'stuck' | 'idlePools'>): readonly AttentionItem[] =>
  [...stuckItems(stuck.byStateName), ...poolItems(idlePools.nodes)].filter(
    ({ count }) => count > 0,
  );

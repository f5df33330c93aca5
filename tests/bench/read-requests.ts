import type { Target } from './target.ts';
import { post } from './target.ts';

/** One read of the REST interface, as it is asked again and again. */
export interface ReadRequest {
  readonly name: string;
  readonly path: string;
  readonly body: () => unknown;
  /** What 95 of 100 answers have to keep to, on a million runs. */
  readonly maxMillis: number;
}

const DAY_MILLIS = 86_400_000;
const SORT = 'EXPECTED_START_TIME_DESC';

const iso = (millis: number): string => new Date(millis).toISOString();

export const lastDay = (): { readonly after_: string; readonly before_: string } => ({
  after_: iso(Date.now() - DAY_MILLIS),
  before_: iso(Date.now()),
});

const filterOf = (name: string, body: object, maxMillis = 40): ReadRequest => ({
  name: `list 200, ${name}`,
  path: '/api/flow_runs/filter',
  body: () => ({ limit: 200, sort: SORT, ...body }),
  maxMillis,
});

const countOf = (name: string, body: () => object): ReadRequest => ({
  name: `count, ${name}`,
  path: '/api/flow_runs/count',
  body,
  maxMillis: 5,
});

const historyOf = (days: number, seconds: number, maxMillis: number): ReadRequest => ({
  name: `history of ${days} days by ${seconds} s`,
  path: '/api/flow_runs/history',
  body: () => ({
    history_start: iso(Date.now() - days * DAY_MILLIS),
    history_end: iso(Date.now()),
    history_interval_seconds: seconds,
  }),
  maxMillis,
});

/** The name of any flow of a server. */
const anyFlowName = async (target: Target): Promise<string> => {
  const [flow] = await post<readonly { readonly name: string }[]>(target, '/api/flows/filter', {
    limit: 1,
  });
  if (flow === undefined) throw new Error(`${target.url} has no flows: seed it first.`);
  return flow.name;
};

/** The reads that are measured on a large database. */
export const readRequests = async (target: Target): Promise<readonly ReadRequest[]> => {
  const flows = { name: { any_: [await anyFlowName(target)] } };
  const longBefore = iso(Date.now() + 40 * DAY_MILLIS);
  return [
    filterOf('newest', {}),
    filterOf('by start', { sort: 'START_TIME_DESC' }),
    filterOf('by end', { sort: 'END_TIME_DESC' }),
    filterOf('by name', { sort: 'NAME_ASC' }),
    filterOf('by state', { flow_runs: { state: { type: { any_: ['FAILED', 'CRASHED'] } } } }),
    filterOf('by name of state', { flow_runs: { state: { name: { any_: ['Late'] } } } }),
    filterOf('by name fragment', { flow_runs: { name: { like_: 'brave-otter-77' } } }, 150),
    filterOf('by absent fragment', { flow_runs: { name: { like_: 'no-such-name' } } }, 150),
    filterOf('by tags', { flow_runs: { tags: { all_: ['team:web', 'rare'] } } }),
    filterOf('by one of tags', { flow_runs: { tags: { any_: ['rare'] } } }),
    filterOf('by absent tag', { flow_runs: { tags: { all_: ['no-such-tag'] } } }),
    filterOf('by flow', { flows }),
    filterOf('by pool', { work_pools: { name: { any_: ['pool-1'] } } }),
    filterOf('by unused pool', { work_pools: { name: { any_: ['no-such-pool'] } } }),
    filterOf('from 10,000', { offset: 10_000 }),
    countOf('all', () => ({})),
    countOf('24 h', () => ({ flow_runs: { expected_start_time: lastDay() } })),
    countOf('by state', () => ({
      flow_runs: { state: { type: { any_: ['FAILED', 'CRASHED'] } } },
    })),
    countOf('of a flow, 24 h', () => ({ flows, flow_runs: { expected_start_time: lastDay() } })),
    historyOf(1, 300, 100),
    historyOf(1, 4320, 50),
    historyOf(30, 21_600, 50),
    {
      name: '1,000 points',
      path: '/api/ui/flow_runs/history',
      body: () => ({ sort: SORT, limit: 1000, offset: 0 }),
      maxMillis: 40,
    },
    {
      name: 'poll of a pool',
      path: '/api/work_pools/sched-pool/get_scheduled_flow_runs',
      body: () => ({ work_queue_names: [], scheduled_before: longBefore, limit: 50 }),
      maxMillis: 10,
    },
    {
      name: 'log lines with a text, of all runs',
      path: '/api/logs/filter',
      body: () => ({ limit: 200, logs: { text: { query: 'needle-in-haystack' } } }),
      maxMillis: 1000,
    },
  ];
};

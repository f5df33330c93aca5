import { lastDay } from './read-requests.ts';
import type { Target } from './target.ts';
import { ask } from './target.ts';

/** What the calls of one view of the home page of Prefect's dashboard came to. */
export interface HomePage {
  readonly millis: number;
  readonly calls: number;
  readonly slowest: { readonly name: string; readonly millis: number };
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly flow_id?: string;
  readonly deployment_id?: string | null;
}

const CONNECTIONS = 6;
const SORT = 'EXPECTED_START_TIME_DESC';
const ENDED = ['COMPLETED', 'FAILED', 'CRASHED'];
const TABS = [
  ['FAILED', 'CRASHED'],
  ['RUNNING', 'PENDING', 'CANCELLING'],
  ['COMPLETED'],
  ['SCHEDULED', 'PAUSED'],
  ['CANCELLED'],
];
const TASK_COUNTS = [[...ENDED, 'RUNNING'], ['COMPLETED'], ['FAILED', 'CRASHED'], ['RUNNING']];

type Call = (name: string, path: string, body: object) => Promise<readonly Row[]>;

/** Asks over at most six connections, as a browser does. */
const browser = (target: Target) => {
  let free = CONNECTIONS;
  const waiting: (() => void)[] = [];
  const timings: { readonly name: string; readonly millis: number }[] = [];
  const call: Call = async (name, path, body) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    const reply = await ask(target, {
      method: 'POST',
      path: `/api${path}`,
      body: JSON.stringify(body),
    });
    timings.push({ name, millis: reply.millis });
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
    if (reply.status >= 300) throw new Error(`${name}: ${reply.status} ${reply.text}`);
    // The shapes are those of Prefect's REST interface; whoever asks for rows knows that they are.
    return JSON.parse(reply.text) as readonly Row[];
  };
  return { call, timings };
};

const unique = (ids: readonly (string | null | undefined)[]): readonly string[] => [
  ...new Set(ids.filter((id) => typeof id === 'string')),
];

type Window = Readonly<Record<'expected_start_time', ReturnType<typeof lastDay>>>;

const failedRuns = async (call: Call, window: Window): Promise<void> => {
  const failed = { ...window, state: { type: { any_: TABS[0] } } };
  const runs = await call('failed runs', '/flow_runs/filter', { sort: SORT, flow_runs: failed });
  const flowIds = unique(runs.map((run) => run.flow_id));
  await Promise.all([
    ...runs
      .slice(0, 3)
      .map(({ id }) =>
        call('task counts', '/ui/flow_runs/count-task-runs', { flow_run_ids: [id] }),
      ),
    call('flows of failed runs', '/flows/filter', { flows: { id: { any_: flowIds } } }),
    ...flowIds.flatMap((id) => {
      const body = { flow_runs: failed, flows: { id: { any_: [id] } } };
      return [
        call('failed runs of a flow', '/flow_runs/count', body),
        call('last failed run of a flow', '/flow_runs/filter', { sort: SORT, limit: 1, ...body }),
      ];
    }),
  ]);
};

const poolCard = (call: Call, pool: Row, window: Window): readonly Promise<unknown>[] => {
  const byId = { work_pools: { id: { any_: [pool.id] } } };
  const byName = { work_pools: { name: { any_: [pool.name] } } };
  const inStates = (types: readonly string[]) => ({
    flow_runs: { ...window, state: { type: { any_: types } } },
  });
  const late = { flow_runs: { ...window, state: { name: { any_: ['Late'] } } } };
  const bars = { limit: 24, sort: 'START_TIME_DESC', flow_runs: window, ...byId };
  return [
    call('workers', `/work_pools/${pool.name}/workers/filter`, {}),
    call('queues', `/work_pools/${pool.name}/queues/filter`, {}),
    call('pool: bars', '/flow_runs/filter', bars),
    call('pool: ended', '/flow_runs/count', { ...inStates(ENDED), ...byId }),
    call('pool: completed', '/flow_runs/count', { ...inStates(['COMPLETED']), ...byId }),
    call('pool: late', '/flow_runs/count', { ...late, ...byName }),
    call('pool: lateness', '/flow_runs/lateness', { flow_runs: window, ...byId }),
    call('pool: total', '/flow_runs/count', { ...inStates(ENDED), ...byName }),
  ];
};

const counts = (call: Call, window: Window): readonly Promise<unknown>[] => {
  const started = window.expected_start_time;
  const { after_: since, before_: until } = started;
  return [
    call('history of task runs', '/task_runs/history', {
      history_start: since,
      history_end: until,
      history_interval_seconds: 4320,
      flow_runs: {},
      task_runs: { start_time: started },
    }),
    call('count of 24 h', '/flow_runs/count', { flow_runs: window }),
    ...TABS.map((types) =>
      call(`count of ${types[0]}`, '/flow_runs/count', {
        flow_runs: { ...window, state: { type: { any_: types } } },
      }),
    ),
    ...TASK_COUNTS.map((types) =>
      call(`task runs, ${types.join(' ')}`, '/task_runs/count', {
        task_runs: {
          subflow_runs: { exists_: false },
          start_time: started,
          state: { type: { any_: types } },
        },
      }),
    ),
  ];
};

/** Makes the calls that one view of the home page of Prefect's dashboard makes. */
export const viewHomePage = async (target: Target): Promise<HomePage> => {
  const { call, timings } = browser(target);
  const startedAt = performance.now();
  const window = { expected_start_time: lastDay() };
  await call('count of all', '/flow_runs/count', {});
  const [runs, pools] = await Promise.all([
    call('runs of 24 h', '/flow_runs/filter', { sort: SORT, flow_runs: window }),
    call('pools', '/work_pools/filter', {}),
  ]);
  const flowIds = unique(runs.map((run) => run.flow_id));
  const deploymentIds = unique(runs.map((run) => run.deployment_id));
  await Promise.all([
    call('flows', '/flows/filter', { flows: { id: { any_: flowIds } } }),
    call('deployments', '/deployments/filter', { deployments: { id: { any_: deploymentIds } } }),
    ...counts(call, window),
    failedRuns(call, window),
    ...pools.flatMap((pool) => poolCard(call, pool, window)),
  ]);
  const slowest = timings.toSorted((left, right) => right.millis - left.millis)[0];
  return {
    millis: performance.now() - startedAt,
    calls: timings.length,
    slowest: slowest ?? { name: '', millis: 0 },
  };
};

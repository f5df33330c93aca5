import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readQueuedRuns } from '#server/db/sql/work-pool-poll.ts';
import { filterDeployments } from '#server/queries/deployment/filter-deployments.ts';
import { countEvents, filterEvents } from '#server/queries/event/filter-events.ts';
import type { FlowRunFilter, TaskRunFilter } from '#server/queries/filter-types.ts';
import { countFlowRuns, filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { readFlowRunPoints } from '#server/queries/flow-run/flow-run-points.ts';
import { selectFewFlowRuns } from '#server/queries/flow-run/flow-run-selection.ts';
import { readNextRunsByFlow } from '#server/queries/flow-run/next-runs-by-flow.ts';
import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { filterFlows } from '#server/queries/flow/filter-flows.ts';
import { filterLogs } from '#server/queries/log/filter-logs.ts';
import { averageLatenessSeconds, runHistory } from '#server/queries/run-history.ts';
import type { FlowRunSort, TaskRunSort } from '#server/queries/sort.ts';
import { countTaskRunsByFlowRun } from '#server/queries/task-run/count-task-runs-by-flow-run.ts';
import { countTaskRuns, filterTaskRuns } from '#server/queries/task-run/filter-task-runs.ts';
import { selectTaskRuns } from '#server/queries/task-run/task-run-selection.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

/** Ids of the data that the requests are made to. */
export interface Seeded {
  readonly flowId: string;
  readonly flowRunId: string;
  readonly deploymentId: string;
  readonly workPoolId: string;
}

export interface CommonRequest {
  readonly name: string;
  readonly ask: (ctx: Context, seeded: Seeded) => Promise<unknown>;
}

const PAGE = { limit: 200, offset: 0 };
const DAY = 86_400;
const now = nowMicros();
const lastDay = { after: addSeconds(now, -DAY), before: now };
const recent: FlowRunFilter = { expectedStartTime: lastDay };
const started: TaskRunFilter = { startTime: lastDay };

const flowRuns = (
  name: string,
  filter: FlowRunFilter | ((seeded: Seeded) => FlowRunFilter),
  sort: FlowRunSort = 'EXPECTED_START_TIME_DESC',
): CommonRequest => ({
  name: `flow runs ${name}`,
  ask: (ctx, seeded) =>
    filterFlowRuns(ctx, {
      filter: typeof filter === 'function' ? filter(seeded) : filter,
      sort,
      page: PAGE,
    }),
});

const counted = (
  name: string,
  filter: FlowRunFilter | ((seeded: Seeded) => FlowRunFilter),
): CommonRequest => ({
  name: `a count of flow runs ${name}`,
  ask: (ctx, seeded) =>
    countFlowRuns(ctx, { filter: typeof filter === 'function' ? filter(seeded) : filter }),
});

const taskRuns = (
  name: string,
  filter: (seeded: Seeded) => TaskRunFilter,
  sort: TaskRunSort = 'EXPECTED_START_TIME_DESC',
): CommonRequest => ({
  name: `task runs ${name}`,
  ask: (ctx, seeded) => filterTaskRuns(ctx, { filter: filter(seeded), sort, page: PAGE }),
});

const history = (days: number, intervalSeconds: number): CommonRequest => ({
  name: `a history of ${days} days by ${intervalSeconds} s`,
  ask: async (ctx) =>
    runHistory(ctx, await selectFewFlowRuns(ctx, {}), {
      start: addSeconds(now, -days * DAY),
      end: now,
      intervalSeconds,
    }),
});

const events = { text: '', order: 'DESC', isDistinct: false } as const;

/** What clients, workers and dashboards ask most. */
export const COMMON_REQUESTS: readonly CommonRequest[] = [
  flowRuns('newest first', {}),
  flowRuns('oldest first', {}, 'EXPECTED_START_TIME_ASC'),
  flowRuns('by start', {}, 'START_TIME_DESC'),
  flowRuns('by end', {}, 'END_TIME_DESC'),
  flowRuns('by name', {}, 'NAME_ASC'),
  flowRuns('by id', {}, 'ID_DESC'),
  flowRuns('of a day', recent),
  flowRuns('in a kind of state', { state: { type: { in: ['FAILED'] } } }),
  flowRuns('in one of several kinds of state', { state: { type: { in: ['FAILED', 'CRASHED'] } } }),
  flowRuns('in a state by name', { state: { name: { in: ['Late'] } } }),
  flowRuns('with a name', { name: { in: ['amber-otter-0'] } }),
  flowRuns('with a fragment in the name', { name: { like: 'otter-77' } }),
  flowRuns('with a tag', { tags: { all: ['rare'] } }),
  flowRuns('with one of several tags', { tags: { any: ['rare', 'other'] } }),
  flowRuns('with an absent tag', { tags: { all: ['absent'] } }),
  flowRuns('of a flow', ({ flowId }) => ({ flow: { id: { in: [flowId] } } })),
  flowRuns('of a flow by name', { flow: { name: { in: ['flow-1'] } } }),
  flowRuns('of a deployment', ({ deploymentId }) => ({
    deployment: { id: { in: [deploymentId] } },
  })),
  flowRuns('of a pool', { workPool: { name: { in: ['pool-1'] } } }),
  flowRuns('of an id', ({ flowRunId }) => ({ id: { in: [flowRunId] } })),
  counted('at all', {}),
  counted('of a day', recent),
  counted('in several kinds of state', { state: { type: { in: ['FAILED', 'CRASHED'] } } }),
  counted('of a day in a kind of state', {
    and: [recent, { state: { type: { in: ['FAILED'] } } }],
  }),
  counted('of a flow in a day', ({ flowId }) => ({
    and: [recent, { flow: { id: { in: [flowId] } } }],
  })),
  counted('of a pool in a day', ({ workPoolId }) => ({
    and: [recent, { workPool: { id: { in: [workPoolId] } } }],
  })),
  history(1, 300),
  history(1, 4320),
  history(30, 21_600),
  {
    name: 'the lateness of a pool in a day',
    ask: async (ctx, { workPoolId }) =>
      averageLatenessSeconds(
        ctx,
        await selectFewFlowRuns(ctx, {
          and: [recent, { workPool: { id: { in: [workPoolId] } } }],
        }),
      ),
  },
  {
    name: 'points of a chart',
    ask: (ctx) =>
      readFlowRunPoints(ctx, { filter: recent, sort: 'EXPECTED_START_TIME_DESC', page: PAGE }),
  },
  { name: 'one flow run', ask: (ctx, { flowRunId }) => readFlowRun(ctx, flowRunId) },
  {
    name: 'the next runs of flows',
    ask: (ctx, { flowId }) => readNextRunsByFlow(ctx, [flowId]),
  },
  {
    name: 'a poll of a queue',
    ask: (ctx) => ctx.db.read(() => rows(readQueuedRuns('queue', 0, now, now, now, 0, 50))),
  },
  taskRuns('of a flow run', ({ flowRunId }) => ({ flowRunId: { in: [flowRunId] } })),
  taskRuns('newest first', () => ({})),
  taskRuns('in a kind of state', () => ({ state: { type: { in: ['FAILED'] } } })),
  {
    name: 'a count of task runs of a day',
    ask: (ctx) =>
      countTaskRuns(ctx, {
        filter: {
          ...started,
          hasSubflowRuns: false,
          state: { type: { in: ['COMPLETED', 'FAILED'] } },
        },
      }),
  },
  {
    name: 'a history of task runs of a day',
    ask: (ctx) =>
      runHistory(ctx, selectTaskRuns(ctx, { ...started, flowRun: {} }), {
        start: lastDay.after,
        end: lastDay.before,
        intervalSeconds: 4320,
      }),
  },
  {
    name: 'numbers of task runs of flow runs',
    ask: (ctx, { flowRunId }) => countTaskRunsByFlowRun(ctx, [flowRunId]),
  },
  {
    name: 'log lines of a flow run',
    ask: (ctx, { flowRunId }) =>
      filterLogs(ctx, {
        filter: { flowRunId: { in: [flowRunId] }, level: { atLeast: 0 } },
        sort: 'TIMESTAMP_ASC',
        page: PAGE,
      }),
  },
  {
    name: 'newest log lines',
    ask: (ctx) => filterLogs(ctx, { filter: {}, sort: 'TIMESTAMP_DESC', page: PAGE }),
  },
  {
    name: 'events of a day',
    ask: (ctx) =>
      filterEvents(ctx, {
        query: { ...events, filter: { since: lastDay.after, until: now } },
        page: { limit: 50, offset: 0 },
      }),
  },
  {
    name: 'a count of events of a day',
    ask: (ctx) =>
      countEvents(ctx, {
        ...events,
        filter: { since: lastDay.after, until: now },
      }),
  },
  {
    name: 'flows',
    ask: (ctx) => filterFlows(ctx, { filter: {}, sort: 'CREATED_DESC', page: PAGE }),
  },
  {
    name: 'deployments of a flow',
    ask: (ctx, { flowId }) =>
      filterDeployments(ctx, {
        filter: { flow: { id: { in: [flowId] } } },
        sort: 'NAME_ASC',
        page: PAGE,
      }),
  },
];

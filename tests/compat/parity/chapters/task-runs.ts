import { byId, need, readById } from '../call.ts';
import { STATE, TASK_RUN, TASK_RUN_SUMMARY, VERDICT } from '../entities.ts';
import { type Chapter, type Step, at, inOrder, list } from '../step.ts';
import { idAs, made, many, manyBy, one, value } from '../view.ts';

const SELECT = TASK_RUN.selection;

const create = (kept: string, upstream?: string): Step => ({
  rest: 'POST /task_runs/',
  graphql: 'createTaskRun',
  call: (found) => {
    const inputs = {
      x: [{ input_type: 'parameter', name: 'day' }],
      ...(upstream === undefined
        ? {}
        : { y: [{ input_type: 'task_run', id: need(found, upstream) }] }),
    };
    return {
      body: {
        flow_run_id: need(found, 'run'),
        task_key: 'load',
        dynamic_key: kept,
        name: kept,
        cache_key: `cache-${kept}`,
        task_version: 'v2',
        tags: ['slow'],
        labels: { team: 'tasks' },
        empirical_policy: { retries: 1, retry_delay: 3, retry_jitter_factor: 0.5 },
        task_inputs: inputs,
        state: { type: 'PENDING' },
      },
      input: {
        flowRunId: need(found, 'run'),
        taskKey: 'load',
        dynamicKey: kept,
        name: kept,
        cacheKey: `cache-${kept}`,
        taskVersion: 'v2',
        tags: ['slow'],
        labels: { team: 'tasks' },
        policy: { retries: 1, retryDelaySeconds: [3], retryJitterFactor: 0.5 },
        taskInputs: inputs,
        state: { type: 'PENDING' },
      },
      select: `created taskRun { ${SELECT} }`,
    };
  },
  compare: made(TASK_RUN, 'taskRun'),
  keep: idAs(kept, 'entity.id'),
});

const setState = (run: string, state: object): Step => ({
  rest: 'POST /task_runs/{id}/set_state',
  graphql: 'setTaskRunState',
  call: (found) => ({ ...byId(run, { state }, { state })(found), select: VERDICT.selection }),
  compare: one(VERDICT),
});

const RUNNING = {
  rest: { task_runs: { state: { type: { any_: ['RUNNING'] } } } },
  graphql: { state: { type: { in: ['RUNNING'] } } },
};

const HISTORY = ['2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z'] as const;
const SINCE = '2020-01-01T00:00:00Z';

/** How many runs of each kind of state there are, as the pages ask for them and as an aggregate tells them. */
const byType = {
  rest: (answer: unknown) =>
    inOrder(Object.entries(answer as Record<string, number>).filter(([, count]) => count > 0)),
  graphql: (answer: unknown) =>
    inOrder(
      list(at(answer, 'byStateType')).map((count) => [at(count, 'type'), at(count, 'count')]),
    ),
};

export const taskRuns: Chapter = {
  name: 'task runs',
  steps: [
    create('extract'),
    create('extract'),
    create('load', 'extract'),
    create('spareTask'),
    setState('extract', { type: 'RUNNING' }),
    setState('extract', { type: 'COMPLETED', message: 'done', data: { value: 1 } }),
    setState('load', { type: 'RUNNING', name: 'Running' }),
    {
      rest: 'PATCH /task_runs/{id}',
      graphql: 'updateTaskRun',
      call: byId('load', { name: 'loaded' }, { name: 'loaded' }),
    },
    {
      rest: 'GET /task_runs/{id}',
      graphql: 'taskRun',
      call: readById('load', SELECT),
      compare: one(TASK_RUN),
    },
    {
      rest: 'GET /ui/task_runs/{id}',
      graphql: 'taskRun',
      call: readById('load', `${SELECT} flowRun { name }`),
      compare: {
        rest: (answer) => {
          const { flow_run_name: name, ...taskRun } = answer as Record<string, unknown>;
          return [name, TASK_RUN.ofRest(taskRun)];
        },
        graphql: (answer) => [at(answer, 'flowRun.name'), TASK_RUN.ofGraphql(answer)],
      },
    },
    {
      rest: 'POST /task_runs/filter',
      graphql: 'taskRuns',
      call: () => ({
        body: { ...RUNNING.rest, sort: 'NAME_ASC' },
        args: {
          filter: RUNNING.graphql,
          orderBy: [{ field: 'NAME', direction: 'ASC' }],
          first: 5,
        },
        select: `nodes { ${SELECT} }`,
      }),
      compare: many(TASK_RUN),
    },
    {
      rest: 'POST /task_runs/paginate',
      graphql: 'taskRuns',
      call: () => ({
        body: { sort: 'NAME_ASC', limit: 2, page: 1 },
        args: { orderBy: [{ field: 'NAME', direction: 'ASC' }], first: 2 },
        select: `nodes { ${TASK_RUN_SUMMARY.selection} }`,
      }),
      compare: many(TASK_RUN_SUMMARY, 'nodes', 'results'),
    },
    {
      rest: 'POST /task_runs/count',
      graphql: 'taskRuns',
      call: () => ({
        body: RUNNING.rest,
        args: { filter: RUNNING.graphql },
        select: 'totalCount',
      }),
      compare: value('totalCount'),
    },
    {
      rest: 'POST /task_runs/history',
      graphql: 'taskRunAggregate',
      call: () => {
        const [start, end] = HISTORY;
        return {
          body: { history_start: start, history_end: end, history_interval_seconds: 43_200 },
          select: `history(start: "${start}", end: "${end}", intervalSeconds: 43200) { start end }`,
        };
      },
      compare: {
        rest: (answer) =>
          list(answer).map((bucket) => [at(bucket, 'interval_start'), at(bucket, 'interval_end')]),
        graphql: (answer) =>
          list(at(answer, 'history')).map((bucket) => [at(bucket, 'start'), at(bucket, 'end')]),
      },
    },
    {
      rest: 'POST /ui/task_runs/count',
      graphql: 'taskRunAggregate',
      call: () => ({ body: {}, select: 'byStateType { type count }' }),
      compare: byType,
    },
    {
      rest: 'POST /ui/task_runs/dashboard/counts',
      graphql: 'taskRunAggregate',
      call: () => ({
        body: { task_runs: { start_time: { after_: SINCE } } },
        args: { filter: { startTime: { after: SINCE } } },
        select: 'byStateType { type count }',
      }),
      compare: {
        // Those that ended, in twenty spans of time.
        rest: (answer) =>
          list(answer).reduce((sum: number, span) => sum + Number(at(span, 'completed')), 0),
        graphql: (answer) =>
          list(at(answer, 'byStateType'))
            .filter((count) => at(count, 'type') === 'COMPLETED')
            .reduce((sum: number, count) => sum + Number(at(count, 'count')), 0),
      },
    },
    {
      rest: 'POST /ui/flow_runs/count-task-runs',
      graphql: 'flowRuns',
      call: (found) => ({
        body: { flow_run_ids: [need(found, 'run')] },
        args: { filter: { id: { in: [need(found, 'run')] } } },
        select: 'nodes { id taskRuns { totalCount } }',
      }),
      compare: {
        rest: (answer) => answer,
        graphql: (answer) =>
          Object.fromEntries(
            list(at(answer, 'nodes')).map((run) => [at(run, 'id'), at(run, 'taskRuns.totalCount')]),
          ),
      },
    },
    {
      rest: 'GET /task_run_states/',
      graphql: 'taskRun',
      call: (found) => ({
        query: `task_run_id=${need(found, 'extract')}`,
        args: { id: need(found, 'extract') },
        select: `states(first: 10) { nodes { ${STATE.selection} } }`,
      }),
      compare: manyBy('timestamp', many(STATE, 'states.nodes')),
      keep: (states) => ({ taskRunState: at(list(states).at(-1), 'id') }),
    },
    {
      rest: 'GET /task_run_states/{id}',
      graphql: 'state',
      call: readById('taskRunState', STATE.selection),
      compare: one(STATE),
    },
    {
      rest: 'GET /flow_runs/{id}/graph-v2',
      graphql: 'flowRun',
      call: readById(
        'run',
        `graph { startTime endTime rootNodeIds states { id type name timestamp }
          nodes { kind id label stateType startTime endTime parentIds childIds encapsulatingIds } }`,
      ),
      compare: {
        rest: (graph) => ({
          start: at(graph, 'start_time'),
          roots: at(graph, 'root_node_ids'),
          states: at(graph, 'states'),
          nodes: list(at(graph, 'nodes')).map((pair) => {
            const node = at(pair, '1');
            const ids = (key: string) => list(at(node, key)).map((edge) => at(edge, 'id'));
            return [
              at(node, 'id'),
              String(at(node, 'kind')).replace('-', '_').toUpperCase(),
              at(node, 'label'),
              at(node, 'state_type'),
              at(node, 'start_time'),
              at(node, 'end_time'),
              ids('parents'),
              ids('children'),
              ids('encapsulating'),
            ];
          }),
        }),
        graphql: (answer) => {
          const graph = at(answer, 'graph');
          return {
            start: at(graph, 'startTime'),
            roots: at(graph, 'rootNodeIds'),
            states: at(graph, 'states'),
            nodes: list(at(graph, 'nodes')).map((node) =>
              [
                'id',
                'kind',
                'label',
                'stateType',
                'startTime',
                'endTime',
                'parentIds',
                'childIds',
                'encapsulatingIds',
              ].map((key) => at(node, key)),
            ),
          };
        },
      },
    },
    {
      rest: 'GET /flow_runs/{id}/graph',
      graphql: 'flowRun',
      call: readById(
        'run',
        'dependencies { untrackableResult taskRun { id name state { type } startTime endTime } upstream { id } }',
      ),
      compare: {
        rest: (answer) =>
          list(answer).map((run) => [
            at(run, 'id'),
            at(run, 'name'),
            at(run, 'state.type'),
            at(run, 'start_time'),
            at(run, 'end_time'),
            list(at(run, 'upstream_dependencies')).flatMap((input) => at(input, 'id') ?? []),
            at(run, 'untrackable_result'),
          ]),
        graphql: (answer) =>
          list(at(answer, 'dependencies')).map((run) => [
            at(run, 'taskRun.id'),
            at(run, 'taskRun.name'),
            at(run, 'taskRun.state.type'),
            at(run, 'taskRun.startTime'),
            at(run, 'taskRun.endTime'),
            list(at(run, 'upstream')).map((upstream) => at(upstream, 'id')),
            at(run, 'untrackableResult'),
          ]),
      },
    },
    {
      rest: 'DELETE /task_runs/{id}',
      graphql: 'deleteTaskRun',
      call: byId('spareTask'),
    },
  ],
};

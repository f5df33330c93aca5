import { byId, need, readById } from '../call.ts';
import { FLOW_RUN, STATE, VERDICT } from '../entities.ts';
import { type Chapter, type Step, at, list } from '../step.ts';
import { idAs, made, many, manyBy, one, value } from '../view.ts';

const SELECT = FLOW_RUN.selection;

const create = (kept: string, more: object = {}): Step => ({
  rest: 'POST /flow_runs/',
  graphql: 'createFlowRun',
  call: (found) => {
    const shared = {
      name: kept,
      parameters: { day: 1, nested: { aKey: [1, null] } },
      context: { from: 'test' },
      tags: ['a', 'b'],
      labels: { team: 'runs' },
      ...more,
    };
    return {
      body: {
        ...shared,
        flow_id: need(found, 'flow'),
        flow_version: 'v1',
        idempotency_key: kept,
        empirical_policy: { retries: 2, retry_delay: 5 },
      },
      input: {
        ...shared,
        flowId: need(found, 'flow'),
        flowVersion: 'v1',
        idempotencyKey: kept,
        policy: { retries: 2, retryDelaySeconds: [5] },
      },
      select: `created flowRun { ${SELECT} }`,
    };
  },
  compare: made(FLOW_RUN, 'flowRun'),
  keep: idAs(kept, 'entity.id'),
});

const setState = (run: string, state: object, force = false): Step => ({
  rest: 'POST /flow_runs/{id}/set_state',
  graphql: 'setFlowRunState',
  call: (found) => ({
    ...byId(run, { state, force }, { state, force })(found),
    select: VERDICT.selection,
  }),
  compare: one(VERDICT),
});

const steered = (rest: string, graphql: string, run: string): Step => ({
  rest,
  graphql,
  call: (found) => ({ ...byId(run, {}, {})(found), select: VERDICT.selection }),
  compare: one(VERDICT),
});

const FILTER = {
  rest: {
    flow_runs: { tags: { all_: ['a'] }, state: { type: { any_: ['RUNNING', 'COMPLETED'] } } },
  },
  graphql: { tags: { all: ['a'] }, state: { type: { in: ['RUNNING', 'COMPLETED'] } } },
};

const HISTORY = ['2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z'] as const;

export const flowRuns: Chapter = {
  name: 'flow runs',
  steps: [
    create('run', { state: { type: 'PENDING' } }),
    create('run', { state: { type: 'PENDING' } }),
    create('waiting'),
    create('spareRun', { tags: ['go'] }),
    create('spareRunToo', { tags: ['go'] }),
    setState('run', { type: 'RUNNING', name: 'Running', message: 'off we go' }),
    setState('run', { type: 'PENDING' }),
    setState('waiting', { type: 'PAUSED', name: 'Paused' }, true),
    steered('POST /flow_runs/{id}/resume', 'resumeFlowRun', 'waiting'),
    {
      rest: 'PATCH /flow_runs/{id}',
      graphql: 'updateFlowRun',
      call: byId(
        'run',
        { name: 'renamed', tags: ['a', 'c'], parameters: { day: 2 } },
        { name: 'renamed', tags: ['a', 'c'], parameters: { day: 2 } },
      ),
    },
    {
      rest: 'PATCH /flow_runs/{id}/labels',
      graphql: 'updateFlowRunLabels',
      call: byId('run', { labels: { more: true } }, { more: true }),
    },
    {
      rest: 'GET /flow_runs/{id}',
      graphql: 'flowRun',
      call: readById('run', SELECT),
      compare: one(FLOW_RUN),
    },
    {
      rest: 'POST /flow_runs/filter',
      graphql: 'flowRuns',
      call: () => ({
        body: { ...FILTER.rest, sort: 'NAME_ASC' },
        args: {
          filter: FILTER.graphql,
          orderBy: [{ field: 'NAME', direction: 'ASC' }],
          first: 5,
        },
        select: `nodes { ${SELECT} }`,
      }),
      compare: many(FLOW_RUN),
    },
    {
      rest: 'POST /flow_runs/count',
      graphql: 'flowRuns',
      call: () => ({ body: FILTER.rest, args: { filter: FILTER.graphql }, select: 'totalCount' }),
      compare: value('totalCount'),
    },
    {
      rest: 'POST /flow_runs/paginate',
      graphql: 'flowRuns',
      call: () => ({
        body: { sort: 'NAME_DESC', limit: 2, page: 1 },
        args: { orderBy: [{ field: 'NAME', direction: 'DESC' }], first: 2 },
        select: `nodes { ${SELECT} }`,
      }),
      compare: many(FLOW_RUN, 'nodes', 'results'),
    },
    {
      rest: 'POST /flow_runs/lateness',
      graphql: 'flowRunAggregate',
      call: () => ({
        body: FILTER.rest,
        args: { filter: FILTER.graphql },
        select: 'averageLatenessSeconds',
      }),
      compare: {
        rest: (answer) => typeof answer,
        graphql: (answer) => typeof at(answer, 'averageLatenessSeconds'),
      },
    },
    {
      rest: 'POST /flow_runs/history',
      graphql: 'flowRunAggregate',
      call: () => {
        const [start, end] = HISTORY;
        return {
          body: { history_start: start, history_end: end, history_interval_seconds: 43_200 },
          select: `history(start: "${start}", end: "${end}", intervalSeconds: 43200) { start end states { count } }`,
        };
      },
      compare: {
        rest: (answer) =>
          list(answer).map((bucket) => [
            at(bucket, 'interval_start'),
            at(bucket, 'interval_end'),
            list(at(bucket, 'states')).length,
          ]),
        graphql: (answer) =>
          list(at(answer, 'history')).map((bucket) => [
            at(bucket, 'start'),
            at(bucket, 'end'),
            list(at(bucket, 'states')).length,
          ]),
      },
    },
    {
      rest: 'POST /ui/flow_runs/history',
      graphql: 'flowRunPoints',
      call: () => ({
        body: { sort: 'NAME_ASC', limit: 2 },
        args: { orderBy: [{ field: 'NAME', direction: 'ASC' }], first: 2 },
        select: 'id stateType timestamp',
      }),
      compare: {
        rest: (answer) =>
          list(answer).map((point) => [
            at(point, 'id'),
            at(point, 'state_type'),
            at(point, 'timestamp'),
          ]),
        graphql: (answer) =>
          list(answer).map((point) => [
            at(point, 'id'),
            at(point, 'stateType'),
            at(point, 'timestamp'),
          ]),
      },
    },
    {
      rest: 'GET /flow_run_states/',
      graphql: 'flowRun',
      call: (found) => ({
        query: `flow_run_id=${need(found, 'run')}`,
        args: { id: need(found, 'run') },
        select: `states(first: 10) { nodes { ${STATE.selection} } }`,
      }),
      compare: manyBy('timestamp', many(STATE, 'states.nodes')),
      keep: (states) => ({ flowRunState: at(list(states).at(-1), 'id') }),
    },
    {
      rest: 'GET /flow_run_states/{id}',
      graphql: 'state',
      call: readById('flowRunState', STATE.selection),
      compare: one(STATE),
    },
    {
      rest: 'DELETE /flow_runs/{id}',
      graphql: 'deleteFlowRun',
      call: byId('spareRun'),
    },
    {
      rest: 'POST /flow_runs/bulk_set_state',
      graphql: 'bulkSetFlowRunState',
      call: () => ({
        body: { flow_runs: { tags: { all_: ['go'] } }, state: { type: 'CANCELLED' } },
        input: { filter: { tags: { all: ['go'] } }, state: { type: 'CANCELLED' } },
        select: `results { flowRunId ${VERDICT.selection} }`,
      }),
      compare: {
        rest: (answer) =>
          list(at(answer, 'results')).map((result) => {
            const { flow_run_id: id, ...verdict } = result as Record<string, unknown>;
            return [id, VERDICT.ofRest(verdict)];
          }),
        graphql: (answer) =>
          list(at(answer, 'results')).map((result) => [
            at(result, 'flowRunId'),
            VERDICT.ofGraphql(result),
          ]),
      },
    },
    {
      rest: 'POST /flow_runs/bulk_delete',
      graphql: 'bulkDeleteFlowRuns',
      call: () => ({
        body: { flow_runs: { tags: { all_: ['go'] } } },
        input: { filter: { tags: { all: ['go'] } } },
        select: 'deletedIds',
      }),
      compare: value('deletedIds', 'deleted'),
    },
  ],
};

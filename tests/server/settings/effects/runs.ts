import { expect } from 'vitest';

import { one } from '#server/db/script.ts';

import type { Effect, Variables } from './effect.ts';
import { make, makeDeployment, makeFlow, makeFlowRun, stateOf } from './made.ts';
import { type ObservedApp, observe } from './observed-app.ts';

/** What the two doors say to the same wish: the status of the one, the code of the other or that it did it. */
interface Doors {
  readonly rest: number;
  readonly graphql: string;
}

const mutate = async ({ ask }: ObservedApp, name: string, input: object): Promise<string> => {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const query = `mutation Do($input: ${type}Input!) {
    answer: ${name}(input: $input) { __typename ... on Error { code } }
  }`;
  // What is asked for has this form.
  const { answer } = (await ask(query, { input })) as {
    readonly answer: { readonly code?: string };
  };
  return answer.code ?? 'done';
};

const parametersTaken =
  (text: string) =>
  (env: Variables): Promise<Doors> =>
    observe(env, async (observed) => {
      const flowId = await makeFlow(observed);
      const parameters = { text };
      const body = { flow_id: flowId, parameters };
      const { status } = await observed.call('/api/flow_runs/', body);
      const deployment = await observed.call('/api/deployments/', { name: 'd', ...body });
      expect(deployment.status).toBe(status);
      const said = await mutate(observed, 'createFlowRun', { flowId, parameters });
      const input = { name: 'e', flowId, parameters };
      expect(await mutate(observed, 'createDeployment', input)).toBe(said);
      return { rest: status, graphql: said };
    });

const schedulesTaken = (env: Variables): Promise<Doors> =>
  observe(env, async (observed) => {
    const flowId = await makeFlow(observed);
    const schedules = [{ schedule: { interval: 60 }, max_scheduled_runs: 60 }];
    const body = { name: 'd', flow_id: flowId, schedules };
    const { status } = await observed.call('/api/deployments/', body);
    const schedule = { schedule: { interval: { intervalSeconds: 60 } }, maxScheduledRuns: 60 };
    const input = { name: 'e', flowId, schedules: [schedule] };
    return { rest: status, graphql: await mutate(observed, 'createDeployment', input) };
  });

const cacheKeyTaken = (env: Variables): Promise<Doors> =>
  observe(env, async (observed) => {
    const key = 'k'.repeat(100);
    const body = { task_key: 't', dynamic_key: '1', cache_key: key };
    const { status } = await observed.call('/api/task_runs/', body);
    const input = { taskKey: 't', dynamicKey: '2', cacheKey: key };
    return { rest: status, graphql: await mutate(observed, 'createTaskRun', input) };
  });

const setState = async (
  { call }: ObservedApp,
  path: string,
  type: string,
): Promise<{ readonly status: string; readonly details: { readonly delay_seconds?: number } }> =>
  // A proposal is answered with a verdict.
  (await call(`/api/${path}/set_state`, { state: { type } })).body as {
    readonly status: string;
    readonly details: { readonly delay_seconds?: number };
  };

const makeLimitedRuns = async (observed: ObservedApp): Promise<readonly [string, string]> => {
  const deployment = await makeDeployment(observed, { concurrency_limit: 1 });
  const path = `/api/deployments/${deployment}/create_flow_run`;
  return [await make(observed, path, {}), await make(observed, path, {})];
};

const secondsFromNow = (instantMillis: number): number =>
  Math.round((instantMillis - Date.now()) / 1000);

/** For how many seconds a run that is about to begin has its slot. */
const leaseSeconds = (env: Variables): Promise<number> =>
  observe(env, async (observed) => {
    const [first] = await makeLimitedRuns(observed);
    await setState(observed, `flow_runs/${first}`, 'PENDING');
    const { db } = observed.app.ctx;
    const lease = db.builder.selectFrom('concurrencyLease').select('expiration');
    const found = await db.read(() => one<{ readonly expiration: number }>(lease));
    return secondsFromNow((found?.expiration ?? 0) / 1000);
  });

/** In how many seconds a run without a slot is to ask again. */
const slotWaitSeconds = (env: Variables): Promise<number> =>
  observe(env, async (observed) => {
    const [first, second] = await makeLimitedRuns(observed);
    await setState(observed, `flow_runs/${first}`, 'PENDING');
    await setState(observed, `flow_runs/${second}`, 'PENDING');
    const state = await stateOf(observed, second);
    return secondsFromNow(Date.parse(state?.state_details.scheduled_time ?? ''));
  });

/** Whether a task run without a slot is to wait before it asks again. */
const isToWaitForTag = (env: Variables): Promise<boolean> =>
  observe(env, async (observed) => {
    await make(observed, '/api/concurrency_limits/', { tag: 'db', concurrency_limit: 1 });
    const taskRun = (key: string) =>
      make(observed, '/api/task_runs/', { task_key: 't', dynamic_key: key, tags: ['db'] });
    const [first, second] = [await taskRun('1'), await taskRun('2')];
    await setState(observed, `task_runs/${first}`, 'RUNNING');
    const { details } = await setState(observed, `task_runs/${second}`, 'RUNNING');
    return (details.delay_seconds ?? 0) > 0;
  });

/** What one who finds no slot is answered, and whether after a second. */
const refusedSlot = (env: Variables) =>
  observe({ PREFECT_SERVER_CONCURRENCY_SLOT_HOLD_SECONDS: '0', ...env }, async (observed) => {
    await make(observed, '/api/v2/concurrency_limits/', { name: 'l', limit: 1 });
    const increment = () =>
      observed.call('/api/v2/concurrency_limits/increment', { names: ['l'], slots: 1 });
    await increment();
    const started = performance.now();
    const { status, headers } = await increment();
    return {
      status,
      isHeld: performance.now() - started >= 1000,
      isToWait: Number(headers.get('retry-after')) > 0,
    };
  });

/** The graph of a flow run with two task runs and two artifacts. */
const graphOf = (env: Variables): Promise<unknown> =>
  observe(env, async (observed) => {
    const flowRun = await makeFlowRun(observed);
    for (const key of ['1', '2']) {
      const body = { flow_run_id: flowRun, task_key: 't', dynamic_key: key };
      await make(observed, '/api/task_runs/', { ...body, state: { type: 'RUNNING' } });
      const artifact = { key: `k-${key}`, type: 'markdown', data: 'm', flow_run_id: flowRun };
      await make(observed, '/api/artifacts/', artifact);
    }
    const { status, body } = await observed.call(`/api/flow_runs/${flowRun}/graph-v2`);
    // A graph has lists of these.
    const graph = body as { readonly nodes?: unknown[]; readonly artifacts?: unknown[] };
    return { status, nodes: graph.nodes?.length, artifacts: graph.artifacts?.length };
  });

const FREE = { status: 423, isHeld: false, isToWait: true };

/** What bounds runs, their slots and their graphs. */
export const runEffects: readonly Effect[] = [
  {
    variable: 'PREFECT_SERVER_API_MAX_PARAMETER_SIZE',
    shows: 'whether a hundred bytes of parameters are taken',
    observe: parametersTaken('x'.repeat(89)),
    cases: [
      [null, { rest: 201, graphql: 'done' }],
      ['100', { rest: 201, graphql: 'done' }],
      ['99', { rest: 422, graphql: 'INVALID_INPUT' }],
      ['0', { rest: 201, graphql: 'done' }],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_MAX_PARAMETER_SIZE',
    shows: 'whether letters count as the escapes that Python writes for them',
    observe: parametersTaken('ü'.repeat(10)),
    cases: [
      ['71', { rest: 201, graphql: 'done' }],
      ['70', { rest: 422, graphql: 'INVALID_INPUT' }],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS',
    shows: 'whether a schedule may plan sixty runs ahead',
    observe: schedulesTaken,
    cases: [
      [null, { rest: 422, graphql: 'INVALID_INPUT' }],
      ['60', { rest: 201, graphql: 'done' }],
    ],
  },
  {
    variable: 'PREFECT_SERVER_TASKS_MAX_CACHE_KEY_LENGTH',
    shows: 'whether a cache key of a hundred characters is taken',
    observe: cacheKeyTaken,
    cases: [
      [null, { rest: 201, graphql: 'done' }],
      ['99', { rest: 422, graphql: 'INVALID_INPUT' }],
    ],
  },
  {
    variable: 'PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION',
    shows: 'for how many seconds a new run has its slot',
    observe: leaseSeconds,
    cases: [
      [null, 300],
      ['60', 60],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS',
    shows: 'in how many seconds a run without a slot is to ask again',
    observe: slotWaitSeconds,
    cases: [
      [null, 30],
      ['100', 100],
    ],
  },
  {
    variable: 'PREFECT_SERVER_TASKS_TAG_CONCURRENCY_SLOT_WAIT_SECONDS',
    shows: 'whether a task run without a slot is to wait before it asks again',
    observe: isToWaitForTag,
    cases: [
      [null, true],
      ['0', false],
    ],
  },
  {
    variable: 'PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS',
    shows: 'whether one without a slot is told to wait',
    observe: refusedSlot,
    cases: [
      [null, FREE],
      ['0', { ...FREE, isToWait: false }],
    ],
  },
  {
    variable: 'PREFECT_SERVER_CONCURRENCY_SLOT_HOLD_SECONDS',
    shows: 'whether one without a slot is answered at once',
    observe: async (env) => (await refusedSlot(env)).isHeld,
    cases: [
      ['0', false],
      ['1', true],
    ],
  },
  {
    variable: 'PREFECT_SERVER_FLOW_RUN_GRAPH_MAX_NODES',
    shows: 'whether two task runs are a graph',
    observe: graphOf,
    cases: [
      [null, { status: 200, nodes: 2, artifacts: 2 }],
      ['1', { status: 400 }],
    ],
  },
  {
    variable: 'PREFECT_SERVER_FLOW_RUN_GRAPH_MAX_ARTIFACTS',
    shows: 'how many artifacts a graph has',
    observe: graphOf,
    cases: [
      [null, { status: 200, nodes: 2, artifacts: 2 }],
      ['1', { status: 200, nodes: 2, artifacts: 1 }],
    ],
  },
];

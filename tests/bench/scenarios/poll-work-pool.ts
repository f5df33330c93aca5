import { ensureFlow } from '../bodies.ts';
import { type Scenario, pump } from '../scenario.ts';
import { type Target, ask, post } from '../target.ts';

const POOL = 'bench-polled';
const POOL_LIMIT = 100;
const QUEUES = [
  { name: 'urgent', priority: 1, concurrency_limit: 20 },
  { name: 'usual', priority: 2, concurrency_limit: 50 },
  { name: 'spare', priority: 3, concurrency_limit: null },
];
const DEPLOYMENTS = 10;
/** As many dates as a server plans at once. */
const RUNS_OF_DEPLOYMENT = 1000;

/** A deployment whose schedule has so many dates behind it, all of them planned. */
const planRuns = async (target: Target, flowId: string, index: number): Promise<void> => {
  const now = Date.now();
  const start = new Date(now - RUNS_OF_DEPLOYMENT * 1000).toISOString();
  const { id } = await post<{ readonly id: string }>(target, '/api/deployments/', {
    flow_id: flowId,
    name: `polled-${index}`,
    work_pool_name: POOL,
    work_queue_name: QUEUES[index % QUEUES.length]?.name,
    parameters: { x: 1, items: ['a', 'b'] },
    schedules: [{ schedule: { interval: 1, anchor_date: start } }],
  });
  await post(target, `/api/deployments/${id}/schedule`, {
    start_time: start,
    end_time: new Date(now).toISOString(),
    min_runs: RUNS_OF_DEPLOYMENT,
    max_runs: RUNS_OF_DEPLOYMENT,
  });
};

/** A worker that asks for runs of a pool with three limited queues in which ten thousand are due. */
export const pollWorkPool: Scenario = {
  name: 'poll a work pool with 10,000 due runs',
  unit: 'polls',
  targetRatio: { sqlite: 10, postgresql: 10 },
  prepare: async (target) => {
    const flowId = await ensureFlow(target);
    await post(target, '/api/work_pools/', {
      name: POOL,
      type: 'process',
      concurrency_limit: POOL_LIMIT,
    });
    for (const queue of QUEUES) await post(target, `/api/work_pools/${POOL}/queues`, queue);
    for (let index = 0; index < DEPLOYMENTS; index += 1) await planRuns(target, flowId, index);
    const path = `/api/work_pools/${POOL}/get_scheduled_flow_runs`;
    const poll = () =>
      ask(target, {
        method: 'POST',
        path,
        body: JSON.stringify({
          work_queue_names: [],
          scheduled_before: new Date(Date.now() + 10_000).toISOString(),
        }),
      });
    const found = (JSON.parse((await poll()).text) as readonly unknown[]).length;
    if (found !== POOL_LIMIT) throw new Error(`A poll gives ${found} runs, not ${POOL_LIMIT}.`);
    return ({ seconds }) => pump({ connections: 4, seconds, call: poll });
  },
};

import { randomUUID } from 'node:crypto';

import type { Target } from './target.ts';
import { post } from './target.ts';

interface Created {
  readonly id: string;
}

/** The flow that the runs of the bench belong to. */
export const ensureFlow = async (target: Target): Promise<string> =>
  (await post<Created>(target, '/api/flows/', { name: 'bench-flow' })).id;

/** A flow run as the Python client creates it at the start of a flow. */
export const newFlowRun = (flowId: string): string =>
  JSON.stringify({
    flow_id: flowId,
    name: `bench-${randomUUID().slice(0, 8)}`,
    parameters: { x: 1, items: ['a', 'b'], options: { isDry: false } },
    context: {},
    tags: ['bench', 'nightly'],
    labels: {},
    empirical_policy: { retries: 0, retry_delay: 0 },
    state: {
      type: 'PENDING',
      name: 'Pending',
      state_details: { deferred: false, untrackable_result: false, pause_reschedule: false },
    },
  });

/** A proposed state as the Python client sends it. */
export const proposedState = (type: 'RUNNING' | 'COMPLETED', flowRunId: string): string =>
  JSON.stringify({
    state: {
      type,
      name: type === 'RUNNING' ? 'Running' : 'Completed',
      message: null,
      state_details: { flow_run_id: flowRunId, transition_id: randomUUID() },
    },
    force: false,
  });

/** A deployment with parameters, a schema for them, and a work pool. */
export const ensureDeployment = async (target: Target, flowId: string): Promise<string> => {
  const pool = { name: 'bench-pool', type: 'process' };
  try {
    await post(target, '/api/work_pools/', pool);
  } catch (error) {
    // Another scenario has made it already.
    if (!String(error).includes('409')) throw error;
  }
  const deployment = await post<Created>(target, '/api/deployments/', {
    flow_id: flowId,
    name: 'bench-deployment',
    work_pool_name: 'bench-pool',
    tags: ['bench'],
    parameters: { x: 1 },
    parameter_openapi_schema: {
      type: 'object',
      title: 'Parameters',
      properties: { x: { type: 'integer', title: 'x', position: 0, default: 1 } },
    },
    enforce_parameter_schema: true,
    entrypoint: 'flows.py:bench',
  });
  return deployment.id;
};

/** Creates flow runs until there are at least so many. */
export const ensureFlowRuns = async (target: Target, wanted: number): Promise<void> => {
  const flowId = await ensureFlow(target);
  let missing = wanted - (await post<number>(target, '/api/flow_runs/count', {}));
  const work = async (): Promise<void> => {
    while (missing > 0) {
      missing -= 1;
      await post(target, '/api/flow_runs/', JSON.parse(newFlowRun(flowId)));
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
};

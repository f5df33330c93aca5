import { ensureFlow, newFlowRun } from '../bodies.ts';
import type { Scenario } from '../scenario.ts';
import { pump } from '../scenario.ts';
import { ask, post } from '../target.ts';

export const readFlowRun: Scenario = {
  name: 'read a flow run by id',
  unit: 'reads',
  targetRatio: { sqlite: 50, postgresql: null },
  prepare: async (target) => {
    const flowId = await ensureFlow(target);
    const run = await post<{ id: string }>(
      target,
      '/api/flow_runs/',
      JSON.parse(newFlowRun(flowId)),
    );
    const path = `/api/flow_runs/${run.id}`;
    return ({ seconds }) =>
      pump({ connections: 8, seconds, call: () => ask(target, { method: 'GET', path }) });
  },
};

import { ensureFlow, newFlowRun } from '../bodies.ts';
import type { Scenario } from '../scenario.ts';
import { pump } from '../scenario.ts';
import { ask } from '../target.ts';

export const createFlowRun: Scenario = {
  name: 'create a flow run',
  unit: 'runs',
  targetRatio: { sqlite: 60, postgresql: 25 },
  prepare: async (target) => {
    const flowId = await ensureFlow(target);
    return ({ seconds }) =>
      pump({
        connections: 8,
        seconds,
        call: () =>
          ask(target, { method: 'POST', path: '/api/flow_runs/', body: newFlowRun(flowId) }),
      });
  },
};

import { ensureDeployment, ensureFlow } from '../bodies.ts';
import type { Scenario } from '../scenario.ts';
import { pump } from '../scenario.ts';
import { ask } from '../target.ts';

export const createFromDeployment: Scenario = {
  name: 'create a run from a deployment',
  unit: 'runs',
  targetRatio: { sqlite: 40, postgresql: null },
  prepare: async (target) => {
    const deploymentId = await ensureDeployment(target, await ensureFlow(target));
    const body = JSON.stringify({ parameters: { x: 2 }, state: { type: 'SCHEDULED' } });
    return ({ seconds }) =>
      pump({
        connections: 8,
        seconds,
        call: () =>
          ask(target, {
            method: 'POST',
            path: `/api/deployments/${deploymentId}/create_flow_run`,
            body,
          }),
      });
  },
};

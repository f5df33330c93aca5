import { setTimeout as pause } from 'node:timers/promises';

import { ensureFlow, newFlowRun, proposedState } from '../bodies.ts';
import type { Scenario } from '../scenario.ts';
import { pump } from '../scenario.ts';
import type { Ask, Reply, Target } from '../target.ts';
import { ask } from '../target.ts';

interface Created {
  readonly id: string;
}

/** A life that meets a 503 half-way repeats that step, as the client would. */
const insist = async (target: Target, what: Ask): Promise<Reply> => {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await ask(target, what);
    if (reply.status !== 503 || attempt === 20) return reply;
    await pause(100);
  }
};

const liveOnce = async (target: Target, flowId: string): Promise<Reply> => {
  const path = '/api/flow_runs/';
  const created = await ask(target, { method: 'POST', path, body: newFlowRun(flowId) });
  if (created.status >= 300) return created;
  // The answer to a creation is a flow run.
  const { id } = JSON.parse(created.text) as Created;
  const set = (type: 'RUNNING' | 'COMPLETED'): Promise<Reply> =>
    insist(target, {
      method: 'POST',
      path: `${path}${id}/set_state`,
      body: proposedState(type, id),
    });
  const running = await set('RUNNING');
  return running.status >= 300 ? running : await set('COMPLETED');
};

export const flowRunLife: Scenario = {
  name: 'flow-run life (create, Running, Completed)',
  unit: 'lives',
  targetRatio: { sqlite: 50, postgresql: 20 },
  prepare: async (target) => {
    const flowId = await ensureFlow(target);
    return ({ seconds }) => pump({ connections: 8, seconds, call: () => liveOnce(target, flowId) });
  },
};

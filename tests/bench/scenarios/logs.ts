import { ensureFlow, newFlowRun } from '../bodies.ts';
import type { Scenario } from '../scenario.ts';
import { pump } from '../scenario.ts';
import { ask, post } from '../target.ts';

const LINES = 200;

const batch = (flowRunId: string): string => {
  const timestamp = new Date().toISOString();
  return JSON.stringify(
    Array.from({ length: LINES }, (_, index) => ({
      name: 'prefect.flow_runs',
      level: index % 50 === 0 ? 40 : 20,
      message: `line ${index} of a batch: what a flow usually has to say about its progress`,
      timestamp,
      flow_run_id: flowRunId,
    })),
  );
};

export const logs: Scenario = {
  name: 'logs in batches of 200',
  unit: 'lines',
  targetRatio: { sqlite: 30, postgresql: 20 },
  prepare: async (target) => {
    const flowId = await ensureFlow(target);
    const run = await post<{ id: string }>(
      target,
      '/api/flow_runs/',
      JSON.parse(newFlowRun(flowId)),
    );
    return ({ seconds }) =>
      pump({
        connections: 4,
        seconds,
        itemsPerCall: LINES,
        call: () => ask(target, { method: 'POST', path: '/api/logs/', body: batch(run.id) }),
      });
  },
};

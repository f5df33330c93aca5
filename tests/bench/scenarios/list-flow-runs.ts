import { ensureFlowRuns } from '../bodies.ts';
import type { Scenario } from '../scenario.ts';
import { pump } from '../scenario.ts';
import { ask } from '../target.ts';

const PAGE = 200;

const listOf = (name: string, headers: Readonly<Record<string, string>>): Scenario => ({
  name,
  unit: 'lists',
  targetRatio: { sqlite: 10, postgresql: null },
  prepare: async (target) => {
    await ensureFlowRuns(target, PAGE);
    const body = JSON.stringify({ limit: PAGE, sort: 'EXPECTED_START_TIME_DESC' });
    return ({ seconds }) =>
      pump({
        connections: 1,
        seconds,
        call: () => ask(target, { method: 'POST', path: '/api/flow_runs/filter', body, headers }),
      });
  },
});

export const listFlowRuns = listOf('list 200 flow runs', {});

/** As the Python client asks: it accepts compressed answers. */
export const listFlowRunsCompressed = listOf('list 200 flow runs, compressed', {
  'accept-encoding': 'gzip, deflate',
});

import { ensureDeployment, ensureFlow } from '../bodies.ts';
import type { Scenario } from '../scenario.ts';
import { pump } from '../scenario.ts';
import type { Reply, Target } from '../target.ts';
import { ask, post } from '../target.ts';

interface Run {
  readonly id: string;
  readonly flow_id: string;
  readonly deployment_id: string | null;
}

const FIELDS = `id name startTime endTime totalRunTimeSeconds tags parameters
  state { type name timestamp message } flow { id name } deployment { id name }`;

const overGraphql = async (target: Target, query: string, variables: unknown): Promise<Reply> => {
  const body = JSON.stringify({ query, variables });
  const reply = await ask(target, { method: 'POST', path: '/graphql', body });
  // An error inside a 200 is no success.
  return reply.text.includes('"errors"') ? { ...reply, status: 500 } : reply;
};

const ofDeployment = async (target: Target): Promise<string> => {
  const deploymentId = await ensureDeployment(target, await ensureFlow(target));
  for (let count = 0; count < 50; count += 1) {
    await post(target, `/api/deployments/${deploymentId}/create_flow_run`, {});
  }
  return deploymentId;
};

/** One run with its flow, deployment and state: one query here, three calls there. */
export const runPage: Scenario = {
  name: 'one run with flow, deployment, state: GraphQL beside REST calls',
  unit: 'pages',
  targetRatio: { sqlite: 5, postgresql: null },
  prepare: async (target) => {
    const deploymentId = await ofDeployment(target);
    const created = await post<Run>(target, `/api/deployments/${deploymentId}/create_flow_run`, {});
    const query = `query RunPage($id: ID!) { flowRun(id: $id) { ${FIELDS} } }`;
    const byRest = async (): Promise<Reply> => {
      const get = (path: string): Promise<Reply> => ask(target, { method: 'GET', path });
      const run = await get(`/api/flow_runs/${created.id}`);
      await get(`/api/flows/${created.flow_id}`);
      await get(`/api/deployments/${deploymentId}`);
      return run;
    };
    const byGraphql = (): Promise<Reply> => overGraphql(target, query, { id: created.id });
    return ({ seconds }) =>
      pump({ connections: 4, seconds, call: target.name === 'ours' ? byGraphql : byRest });
  },
};

/** A page of 50 runs with their flows and deployments: one query here, three calls there. */
export const runsPage: Scenario = {
  name: 'a page of 50 runs with flows, deployments: GraphQL beside REST calls',
  unit: 'pages',
  targetRatio: { sqlite: 5, postgresql: null },
  prepare: async (target) => {
    const deploymentId = await ofDeployment(target);
    const query = `query RunsPage { flowRuns(first: 50) { nodes { ${FIELDS} } } }`;
    const list = (path: string, body: unknown): Promise<Reply> =>
      ask(target, { method: 'POST', path, body: JSON.stringify(body) });
    const flowId = await ensureFlow(target);
    const byRest = async (): Promise<Reply> => {
      const runs = await list('/api/flow_runs/filter', {
        limit: 50,
        sort: 'EXPECTED_START_TIME_DESC',
      });
      await list('/api/flows/filter', { flows: { id: { any_: [flowId] } } });
      await list('/api/deployments/filter', { deployments: { id: { any_: [deploymentId] } } });
      return runs;
    };
    const byGraphql = (): Promise<Reply> => overGraphql(target, query, {});
    return ({ seconds }) =>
      pump({ connections: 4, seconds, call: target.name === 'ours' ? byGraphql : byRest });
  },
};

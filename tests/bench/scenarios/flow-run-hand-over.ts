import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { ensureFlow } from '../bodies.ts';
import type { Round, Scenario } from '../scenario.ts';
import { type Target, ask } from '../target.ts';

const READERS = 10;
const RUNS_PER_SECOND = 40;
/** The first run is due only when all are there. */
const LEAD_MILLIS = 3000;
const PATIENCE_MILLIS = 5000;

const QUERY = `subscription Runs($pool: String!) {
  scheduledFlowRuns(workPoolName: $pool, workerName: "bench", prefetch: 1000, prefetchSeconds: 0) { flowRun { id } }
}`;

interface Handed {
  readonly scheduledFlowRuns: { readonly flowRun: { readonly id: string } };
}

const post = async (target: Target, path: string, body: object): Promise<{ id: string }> => {
  const reply = await ask(target, { method: 'POST', path, body: JSON.stringify(body) });
  // Both answers that are asked for here have an id.
  return JSON.parse(reply.text) as { id: string };
};

const round = async (target: Target, flowId: string, seconds: number): Promise<Round> => {
  const pool = `bench-${randomUUID()}`;
  await post(target, '/api/work_pools/', { name: pool, type: 'process' });
  const dueAt = new Map<string, number>();
  const latenciesMillis: number[] = [];
  let doubled = 0;
  const client = createClient({
    url: `${target.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  const onRun = ({ scheduledFlowRuns: { flowRun } }: Handed): void => {
    const due = dueAt.get(flowRun.id);
    dueAt.delete(flowRun.id);
    if (due === undefined) doubled += 1;
    else latenciesMillis.push(Date.now() - due);
  };
  for (let reader = 0; reader < READERS; reader += 1) {
    client.subscribe<Handed>(
      { query: QUERY, variables: { pool } },
      {
        next: ({ data }) => {
          if (data) onRun(data);
        },
        error: () => undefined,
        complete: () => undefined,
      },
    );
  }
  const count = Math.round(seconds * RUNS_PER_SECOND);
  const startAt = Date.now() + LEAD_MILLIS;
  for (let index = 0; index < count; index += 1) {
    const due = startAt + (index * 1000) / RUNS_PER_SECOND;
    const details = { scheduled_time: new Date(due).toISOString() };
    const { id } = await post(target, '/api/flow_runs/', {
      flow_id: flowId,
      work_pool_name: pool,
      state: { type: 'SCHEDULED', state_details: details },
    });
    dueAt.set(id, due);
  }
  const end = startAt + seconds * 1000 + PATIENCE_MILLIS;
  while (latenciesMillis.length < count && Date.now() < end) await pause(20);
  await client.dispose();
  const lost = count - latenciesMillis.length;
  return {
    items: latenciesMillis.length,
    seconds,
    latenciesMillis,
    busy: 0,
    errors: lost + doubled,
    firstError: lost + doubled === 0 ? null : `${lost} runs never came, ${doubled} came twice`,
  };
};

/** Latencies are from the time that a run is due to its arrival at one of ten readers. */
export const flowRunHandOver: Scenario = {
  name: `hand out scheduled flow runs, ${RUNS_PER_SECOND}/s to ${READERS} readers`,
  unit: 'runs',
  targetRatio: { sqlite: null, postgresql: null },
  isOursOnly: true,
  prepare: async (target) => {
    const flowId = await ensureFlow(target);
    return ({ seconds }) => round(target, flowId, seconds);
  },
};

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { createClient } from 'graphql-ws';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { startExaminedServer } from '#tests/support/replay/server.ts';
import { waitFor } from '#tests/support/wait-for.ts';

import { compatDatabase } from './compat-database.ts';

const RUNS = 400;
const WORKERS = 10;
const POOL = 'shared';

interface Answer {
  readonly id: string;
  readonly status: string;
  readonly state: { readonly state_details: { readonly transition_id: string | null } } | null;
}

interface Delivery {
  readonly deliveryId: string;
  readonly leaseToken: string;
  readonly flowRun: { readonly id: string };
}

const QUERY = `subscription Runs($name: String!) {
  scheduledFlowRuns(workPoolName: "${POOL}", workerName: $name, prefetch: 5, leaseSeconds: 5) { deliveryId leaseToken flowRun { id } }
}`;

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

/** Calls one of the servers until one answers, as clients do. */
const ask = async <Result = Answer>(
  urls: readonly string[],
  path: string,
  body: object,
): Promise<Result> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await fetch(`${urls[attempt % urls.length]}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      });
      // The shapes are those of the recorded answers.
      if (answer.status < 500) return (await answer.json()) as Result;
    } catch {
      // The server is gone, perhaps after it did what it was asked: the same is asked of the other.
    }
    if (attempt > 50) throw new Error(`No server answers ${path}.`);
    await pause(100);
  }
};

/** Proposes a state; whether the run is in it now because of this very proposal. */
const propose = async (urls: readonly string[], id: string, type: string): Promise<boolean> => {
  const state = { type, state_details: { transition_id: randomUUID() } };
  const answer = await ask(urls, `/api/flow_runs/${id}/set_state`, { state });
  if (answer.status === 'ACCEPT') return true;
  // A proposal whose answer was lost is refused as a repetition: the run has its state and its transition.
  const held = answer.state?.state_details.transition_id;
  return answer.status === 'REJECT' && held === state.state_details.transition_id;
};

const RENEW = `mutation Renew($input: RenewDeliveryInput!) {
  renewDelivery(input: $input) { ... on RenewDeliveryPayload { deliveryId } }
}`;

/** Whether what was handed out some time ago is still a worker's to do: others may have been given it since. */
const stillHolds = async (
  urls: readonly string[],
  { deliveryId, leaseToken }: Delivery,
): Promise<boolean> => {
  const input = { deliveryId, leaseToken, kind: 'FLOW_RUN', leaseSeconds: 30 };
  const body = { query: RENEW, variables: { input } };
  const answer = await ask<{ data: { renewDelivery: { deliveryId?: string } } }>(
    urls,
    '/graphql',
    body,
  );
  return answer.data.renewDelivery.deliveryId !== undefined;
};

/** Does the runs that it is handed, one after the other; `done` gets the id of each. */
const startWorker = (
  name: string,
  urls: readonly string[],
  done: (id: string) => void,
): { stop(): void } => {
  let attempts = 0;
  const client = createClient({
    url: () => `${urls[attempts++ % urls.length]?.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 100,
    shouldRetry: () => true,
    retryWait: () => pause(200),
  });
  let work = Promise.resolve();
  const perform = async (delivery: Delivery): Promise<void> => {
    const { id } = delivery.flowRun;
    if (!(await stillHolds(urls, delivery))) return;
    if (!(await propose(urls, id, 'PENDING'))) return;
    if (!(await propose(urls, id, 'RUNNING'))) return;
    done(id);
    await propose(urls, id, 'COMPLETED');
  };
  client.subscribe<{ scheduledFlowRuns: Delivery }>(
    { query: QUERY, variables: { name } },
    {
      next: ({ data }) => {
        const delivery = data?.scheduledFlowRuns;
        if (delivery) work = work.then(() => perform(delivery));
      },
      error: () => undefined,
      complete: () => undefined,
    },
  );
  return { stop: () => void client.dispose() };
};

test(
  'ten workers of two servers do each run once, although one of the servers is killed',
  { timeout: 240_000 },
  async () => {
    await using database = await compatDatabase('postgresql');
    const start = (): Promise<ServerProcess> => startExaminedServer({ env: database.settings });
    const [survivor, victim] = [await start(), await start()];
    const urls = [survivor.url, victim.url];
    const executed: string[] = [];
    try {
      const flow = await ask(urls, '/api/flows/', { name: 'shared' });
      await ask(urls, '/api/work_pools/', { name: POOL, type: 'process' });
      const workers = Array.from({ length: WORKERS }, (_unused, index) =>
        startWorker(`worker-${index}`, index % 2 === 0 ? urls : urls.toReversed(), (id) =>
          executed.push(id),
        ),
      );
      const ids: string[] = [];
      for (let count = 0; count < RUNS; count += 20) {
        const made = await Promise.all(
          Array.from({ length: 20 }, () =>
            ask([survivor.url], '/api/flow_runs/', {
              flow_id: flow.id,
              work_pool_name: POOL,
              state: { type: 'SCHEDULED' },
            }),
          ),
        );
        ids.push(...made.map(({ id }) => id));
        if (count === RUNS / 2) await victim.stop('SIGKILL');
      }
      await waitFor(() => executed.length >= RUNS, {
        withinMillis: 120_000,
        what: 'all runs to be done',
      });
      // What would be done twice has had the time for it.
      await pause(1000);
      expect(executed.toSorted()).toEqual(ids.toSorted());
      for (const worker of workers) worker.stop();
    } finally {
      await victim.stop('SIGKILL');
      await survivor.stop();
    }
  },
);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { createPostgresqlDatabase, testedKinds } from '#tests/support/database.ts';
import { type ServerProcess, startServerProcess } from '#tests/support/replay/server-process.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const CLIENTS = 8;
const LIMIT = 4;

interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

const send = async <T>(url: string, path: string, body?: unknown): Promise<Answer<T>> => {
  const response = await fetch(`${url}/api${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  const text = await response.text();
  // The caller knows what the route answers.
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
};

const take = (url: string) =>
  send<{ readonly lease_id: string }>(url, '/v2/concurrency_limits/increment-with-lease', {
    names: ['shared'],
    slots: 1,
    lease_duration: 300,
  });

const giveBack = (url: string, leaseId: string) =>
  send(url, '/v2/concurrency_limits/decrement-with-lease', { lease_id: leaseId });

/** What the server said that it had done. */
class Acknowledged {
  readonly states = new Map<string, string>();
  readonly leases = new Set<string>();
  logs = 0;
}

const LIFE = ['PENDING', 'RUNNING', 'COMPLETED'] as const;

const oneRun = async (url: string, flowId: string, seen: Acknowledged): Promise<void> => {
  const state = { type: 'SCHEDULED', name: 'Scheduled' };
  const run = { flow_id: flowId, state, tags: ['storm'] };
  const { body, status } = await send<{ readonly id: string }>(url, '/flow_runs/', run);
  expect(status).toBe(201);
  seen.states.set(body.id, 'SCHEDULED');
  for (const type of LIFE) {
    await send(url, `/flow_runs/${body.id}/set_state`, { state: { type }, force: true });
    seen.states.set(body.id, type);
  }
  const timestamp = new Date().toISOString();
  const log = { name: 'storm', level: 20, message: 'm', timestamp, flow_run_id: body.id };
  await send(url, '/logs/', [log]);
  seen.logs += 1;
};

/** Takes a slot and gives it back, over and over. */
const oneSlot = async (url: string, seen: Acknowledged): Promise<void> => {
  const { status, body } = await take(url);
  if (status !== 200) return;
  seen.leases.add(body.lease_id);
  // Whether it is given back is known only once the server says so.
  await giveBack(url, body.lease_id);
  seen.leases.delete(body.lease_id);
};

/** Lets clients work until the server is gone. */
const storm = async (url: string, flowId: string, seen: Acknowledged): Promise<void> => {
  const client = async (work: () => Promise<void>): Promise<void> => {
    try {
      for (;;) await work();
    } catch (error) {
      // Of a server that is killed, fetch says no more than that it failed.
      if (!(error instanceof TypeError)) throw error;
    }
  };
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) =>
      client(index < CLIENTS / 2 ? () => oneRun(url, flowId, seen) : () => oneSlot(url, seen)),
    ),
  );
};

const stateOf = async (url: string, id: string): Promise<string | undefined> =>
  (await send<{ readonly state_type?: string }>(url, `/flow_runs/${id}`)).body.state_type;

const ORDER = ['SCHEDULED', ...LIFE];

describe.each(testedKinds)('A server on %s that is killed in a storm', (kind) => {
  const home = mkdtempSync(join(tmpdir(), 'prefect-server-killed-'));
  const ends: (() => Promise<unknown>)[] = [
    () => Promise.resolve(rmSync(home, { recursive: true })),
  ];
  afterEach(async () => {
    for (const end of ends.toReversed()) await end();
  });

  const start = async (databaseUrl: string): Promise<ServerProcess> => {
    const server = await startServerProcess({
      command: [process.execPath, join(REPOSITORY, 'server/main.ts'), 'server', 'start', '--no-ui'],
      home,
      env: {
        PREFECT_SERVER_DATABASE_CONNECTION_URL: databaseUrl,
        PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS: '1',
      },
    });
    ends.push(() => server.stop('SIGKILL'));
    return server;
  };

  test('has lost nothing that it said was done, and gives slots and goes on at once', async () => {
    const database = kind === 'postgresql' ? await createPostgresqlDatabase() : null;
    if (database !== null) ends.push(() => database.drop());
    const databaseUrl = database?.url ?? `sqlite:///${home}/storm.db`;
    const first = await start(databaseUrl);
    const { body: flow } = await send<{ readonly id: string }>(first.url, '/flows/', { name: 'f' });
    await send(first.url, '/v2/concurrency_limits/', { name: 'shared', limit: LIMIT });
    const kept = await take(first.url);
    const seen = new Acknowledged();
    const work = storm(first.url, flow.id, seen);
    await waitFor(() => seen.states.size >= 40, { withinMillis: 15_000, what: 'a storm' });
    await first.stop('SIGKILL');
    await work;

    const { url } = await start(databaseUrl);
    for (const [id, state] of seen.states) {
      const found = await stateOf(url, id);
      expect(ORDER.indexOf(found ?? '')).toBeGreaterThanOrEqual(ORDER.indexOf(state));
    }
    const logs = await send<readonly unknown[]>(url, '/logs/filter', { limit: 200 });
    expect(logs.body.length).toBeGreaterThanOrEqual(Math.min(200, seen.logs));

    // Its leases live on, at most one more than were told of for each client, and its waiters hold nobody up.
    const renewed = await send(url, `/v2/concurrency_limits/leases/${kept.body.lease_id}/renew`, {
      lease_duration: 300,
    });
    expect(renewed.status).toBe(204);
    const limit = await send<{ active_slots: number }>(url, '/v2/concurrency_limits/shared');
    expect(limit.body.active_slots).toBeLessThanOrEqual(LIMIT);
    await giveBack(url, kept.body.lease_id);
    for (const leaseId of seen.leases) await giveBack(url, leaseId);
    const at = performance.now();
    expect((await take(url)).status).toBe(200);
    expect(performance.now() - at).toBeLessThan(1500);
    const due = { scheduled_time: new Date(Date.now() - 60_000).toISOString() };
    const { body: late } = await send<{ readonly id: string }>(url, '/flow_runs/', {
      flow_id: flow.id,
      state: { type: 'SCHEDULED', state_details: due },
    });
    const isLate = async () =>
      (await send<{ state_name?: string }>(url, `/flow_runs/${late.id}`)).body.state_name ===
      'Late';
    await waitFor(isLate, { withinMillis: 20_000, what: 'a service that goes on' });
  }, 120_000);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { type StartedApp, startApp } from '#tests/support/app.ts';
import { testedKinds } from '#tests/support/database.ts';
import { openSocket } from '#tests/support/socket-client.ts';

const WITHOUT_SERVICES = { PREFECT_SERVER_SERVICES_ENABLED: 'false' };

const tableNames = statement<[], { readonly name: string }>({
  sqlite: `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`,
  postgresql: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
});

/** The names of the tables that hold a row, but for the one that says which migrations were applied. */
const filledTables = async ({ app: { ctx } }: StartedApp): Promise<readonly string[]> => {
  const names = await ctx.db.read(() => rows(tableNames()));
  const filled = await Promise.all(
    names.map(async ({ name }) => {
      const isFilled = statement<[], { readonly filled: number }>(
        `SELECT 1 AS filled FROM "${name}" LIMIT 1`,
      );
      return (await ctx.db.read(() => rows(isFilled()))).length > 0 ? [name] : [];
    }),
  );
  return filled.flat().filter((name) => name !== '_migration');
};

const call = async ({ url }: StartedApp, method: string, path: string, body?: unknown) => {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? null : (JSON.parse(text) as unknown) };
};

const event = (id: string) => ({
  id,
  occurred: new Date().toISOString(),
  event: 'test.happened',
  resource: { 'prefect.resource.id': 'test.thing' },
  related: [],
  payload: {},
});

describe.each(testedKinds)('without being asked for on %s', (kind) => {
  test.each([
    ['the setting is off', {}],
    [
      'the server is open to other machines',
      { PREFECT_TESTING_ENDPOINTS: '1', PREFECT_SERVER_API_HOST: '0.0.0.0' },
    ],
  ])('the endpoints are absent when %s', async (_case, variables) => {
    const started = await startApp(kind, { ...WITHOUT_SERVICES, ...variables });
    const reachable = { ...started, url: started.url.replace('0.0.0.0', '127.0.0.1') };
    expect(await call(reachable, 'POST', '/_testing/reset')).toMatchObject({ status: 404 });
    expect(await call(reachable, 'POST', '/_testing/barrier')).toMatchObject({ status: 404 });
    expect(await call(reachable, 'GET', '/_testing/requests')).toMatchObject({ status: 404 });
    await started.close();
  });
});

describe.each(testedKinds)('endpoints for test suites on %s', (kind) => {
  let started: StartedApp;

  beforeAll(async () => {
    started = await startApp(kind, { PREFECT_TESTING_ENDPOINTS: '1' });
  });
  afterAll(() => started.close());

  test('a reset leaves no row in any table, and the server goes on to work', async () => {
    await call(started, 'POST', '/flows/', { name: 'before' });
    await call(started, 'POST', '/work_pools/', { name: 'pool', type: 'process' });
    await call(started, 'POST', '/events', [event('8a1b9d5a-3a5c-4d0e-8f2b-0c9e5a3c7d11')]);
    const before = await filledTables(started);
    expect(before).toEqual(expect.arrayContaining(['flow', 'work_pool', 'event', 'block_type']));

    expect(await call(started, 'POST', '/_testing/reset')).toMatchObject({ status: 204 });
    // The services may claim their lease again at any moment.
    expect((await filledTables(started)).filter((name) => name !== 'service_lease')).toEqual([]);

    expect(await call(started, 'POST', '/flows/', { name: 'before' })).toMatchObject({
      status: 201,
    });
    const found = await call(started, 'POST', '/flows/filter', {});
    expect(found.json).toHaveLength(1);
  });

  test('a reset drops events that still wait for their commit', async () => {
    const sent = call(started, 'POST', '/events', [event('8a1b9d5a-3a5c-4d0e-8f2b-0c9e5a3c7d12')]);
    await call(started, 'POST', '/_testing/reset');
    await sent;
    await call(started, 'POST', '/_testing/reset');
    expect(await call(started, 'POST', '/events/filter', {})).toMatchObject({
      json: { events: [] },
    });
  });

  test('the barrier ends once events of a socket are stored', async () => {
    await call(started, 'POST', '/_testing/reset');
    const socket = await openSocket(`${started.url.replace('http', 'ws')}/api/events/in`, null);
    socket.send(event('8a1b9d5a-3a5c-4d0e-8f2b-0c9e5a3c7d13'));
    // The server has read what came before a ping once it answers.
    socket.socket.ping();
    await new Promise((resolve) => socket.socket.once('pong', resolve));
    expect(await call(started, 'POST', '/_testing/barrier')).toMatchObject({ status: 204 });
    expect(await call(started, 'POST', '/events/filter', {})).toMatchObject({
      json: { events: [{ event: 'test.happened' }] },
    });
    socket.socket.close();
  });

  test('requests and sockets are listed from the place where the caller had got to', async () => {
    const before = (await call(started, 'GET', '/_testing/requests')).json as { total: number };
    await call(started, 'GET', '/health?now=1');
    const socket = await openSocket(`${started.url.replace('http', 'ws')}/api/events/in`, null);
    socket.socket.close();
    const { json } = await call(started, 'GET', `/_testing/requests?since=${before.total}`);
    expect(json).toEqual({
      total: before.total + 2,
      log: ['GET /api/health', 'WS /api/events/in'],
    });
    expect(
      await call(started, 'GET', `/_testing/requests?since=${before.total + 2}`),
    ).toMatchObject({ json: { total: before.total + 2, log: [] } });
  });

  test('a reset is quick enough to stand before each of thousands of tests', async () => {
    const millis: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      await call(started, 'POST', '/flows/', { name: `flow ${round}` });
      const begun = performance.now();
      await call(started, 'POST', '/_testing/reset');
      millis.push(performance.now() - begun);
    }
    // Typically 2 ms; the bound leaves room for a machine that does other things.
    expect(millis.toSorted((a, b) => a - b)[10]).toBeLessThan(60);
  });
});

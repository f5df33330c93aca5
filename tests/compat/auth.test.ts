import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { startOurServer } from '#tests/support/replay/server.ts';
import { openSocket } from '#tests/support/socket-client.ts';

const PASSWORD = 'a-password-nobody-guesses';
const PAIR = `admin:${PASSWORD}`;
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

/** Everything that can be asked over HTTP, one address for each door and kind of page. */
const GUARDED = [
  ['GET', '/api/version'],
  ['POST', '/api/flows/filter'],
  ['GET', '/api/openapi.json'],
  ['POST', '/graphql'],
  ['GET', '/graphql/schema.graphql'],
] as const;

const SOCKETS = [
  '/api/events/in',
  '/api/events/out',
  '/api/logs/out',
  '/api/task_runs/subscriptions/scheduled',
];

let server: ServerProcess;

beforeAll(async () => {
  server = await startOurServer({
    env: {
      PREFECT_SERVER_API_AUTH_STRING: PAIR,
      PREFECT_SERVER_LOGGING_LEVEL: 'DEBUG',
      PREFECT_SERVER_METRICS_ENABLED: 'true',
    },
  });
});

afterAll(() => server.stop());

const ask = (method: string, path: string, authorization?: string): Promise<Response> =>
  fetch(server.url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    ...(method === 'POST' ? { body: '{"query":"{ __typename }"}' } : {}),
  });

describe('with a password set', () => {
  test.each([...GUARDED, ['GET', '/api/metrics']] as const)(
    '%s %s is refused without it and with another one',
    async (method, path) => {
      expect((await ask(method, path)).status).toBe(401);
      expect((await ask(method, path, basic('admin:other'))).status).toBe(401);
      expect((await ask(method, path, basic(`${PAIR}x`))).status).toBe(401);
    },
  );

  test.each(GUARDED)('%s %s is answered with it', async (method, path) => {
    expect((await ask(method, path, basic(PAIR))).status).toBe(200);
  });

  test.each(SOCKETS)(
    'the socket %s is closed on a wrong token and takes the right one',
    async (path) => {
      const url = server.url.replace('http', 'ws') + path;
      const stranger = await openSocket(url);
      stranger.send({ type: 'auth', token: 'admin:other' });
      expect(await stranger.untilClosed()).toEqual({ code: 1008, reason: 'Invalid token' });
      const known = await openSocket(url);
      known.send({ type: 'auth', token: PAIR });
      expect(await known.next(0)).toEqual({ type: 'auth_success' });
      known.socket.terminate();
    },
  );

  test('the socket of GraphQL is closed on a wrong password and takes the right one', async () => {
    const connect = (authorization: string) =>
      createClient({
        url: `${server.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization },
        retryAttempts: 0,
      });
    const stranger = connect(basic('admin:other')).iterate({ query: '{ __typename }' });
    await expect(stranger.next()).rejects.toMatchObject({ code: 4403 });
    const known = connect(basic(PAIR)).iterate({ query: '{ __typename }' });
    expect(await known.next()).toMatchObject({ value: { data: { __typename: 'Query' } } });
  });

  test('the signs of life need none, and the password stands in no log', async () => {
    expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
    expect((await fetch(`${server.url}/api/ready`)).status).toBe(200);
    const log = server.log();
    expect(log).not.toContain(PASSWORD);
    expect(log).not.toContain(basic(PAIR).slice('Basic '.length));
  });
});

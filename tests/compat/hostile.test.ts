import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { HttpCaller } from '#tests/support/replay/http-call.ts';
import type { Answer } from '#tests/support/replay/http-call.ts';
import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { startExaminedServer } from '#tests/support/replay/server.ts';

import type { CompatDatabase } from './compat-database.ts';
import { COMPAT_DATABASES, compatDatabase } from './compat-database.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const MEGABYTE = 1024 * 1024;

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const deepQuery = (depth: number): string => {
  const pairs = Math.floor(depth / 4);
  const inner = 'nodes { flow { flowRuns(first: 1) { '.repeat(pairs);
  return `{ flowRuns(first: 1) { ${inner} nodes { id } ${'} } } '.repeat(pairs)} } }`;
};

describe.each(COMPAT_DATABASES)('a server on %s', (kind) => {
  let database: CompatDatabase;
  let server: ServerProcess;
  let caller: HttpCaller;
  let readLength = 0;

  beforeAll(async () => {
    database = await compatDatabase(kind);
    server = await startExaminedServer({ env: database.settings });
    caller = new HttpCaller(server.url);
  });

  afterAll(async () => {
    caller.close();
    await server.stop();
    await database[Symbol.asyncDispose]();
    expect(serversLeftRunning()).toEqual([]);
  });

  // Whatever was sent, the same process answers well and promptly, and nothing is written as a crash.
  afterEach(async () => {
    const startedAt = performance.now();
    const answer = await caller.send({
      method: 'GET',
      path: '/api/health',
      headers: {},
      body: null,
    });
    expect(answer).toMatchObject({ status: 200, text: 'true' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(() => process.kill(server.pid, 0)).not.toThrow();
    const news = server.log().slice(readLength);
    readLength += news.length;
    expect(news.split('\n').filter((line) => /^\s+at .+:\d+:\d+/u.test(line))).toEqual([]);
  });

  const send = async (
    method: string,
    path: string,
    body: string | Buffer | null,
  ): Promise<Answer> => {
    const headers = body === null ? {} : { 'content-type': 'application/json' };
    const answer = await caller.send({ method, path, headers, body });
    expect(answer.text, 'no stack trace reaches the caller').not.toMatch(/\.ts:\d+|node_modules/u);
    return answer;
  };

  const detailOf = ({ text }: Answer): unknown => {
    const answer: unknown = JSON.parse(text);
    expect(answer).toBeTypeOf('object');
    const { detail, exception_message: message } = answer as Record<string, unknown>;
    return detail ?? message;
  };

  describe('refuses with a clear error', () => {
    test.each([
      ['a body that is not JSON', 'POST', '/api/flows/', '{"name": ', 422],
      ['an empty body', 'POST', '/api/flows/', '', 422],
      ['JSON of another shape', 'POST', '/api/flows/', '[1, 2]', 422],
      ['a number for a text', 'POST', '/api/flows/', '{"name": 7}', 422],
      ['an object for a text', 'POST', '/api/flows/', '{"name": {"a": 1}}', 422],
      ['a text for a list', 'POST', '/api/flows/', '{"name": "a", "tags": "b"}', 422],
      ['a list for an object', 'POST', '/api/flow_runs/filter', '{"flow_runs": []}', 422],
      ['a negative limit', 'POST', '/api/flow_runs/filter', '{"limit": -1}', 422],
      ['a limit beyond all bounds', 'POST', '/api/flow_runs/filter', '{"limit": 1e99}', 422],
      ['an unknown sort', 'POST', '/api/flow_runs/filter', '{"sort": "BY_MOOD"}', 422],
      [
        'a state of no known type',
        'POST',
        '/api/flow_runs/',
        '{"flow_id": "x", "state": {"type": "GONE"}}',
        422,
      ],
      ['an id that is none', 'GET', '/api/flow_runs/not-an-id', null, 404],
      ['an unknown flow', 'GET', `/api/flows/${NOBODY}`, null, 404],
      ['an unknown flow run', 'GET', `/api/flow_runs/${NOBODY}`, null, 404],
      ['an unknown task run', 'GET', `/api/task_runs/${NOBODY}`, null, 404],
      ['an unknown deployment', 'GET', `/api/deployments/${NOBODY}`, null, 404],
      [
        'a state for an unknown run',
        'POST',
        `/api/flow_runs/${NOBODY}/set_state`,
        '{"state": {"type": "RUNNING"}}',
        404,
      ],
      ['deleting an unknown flow run', 'DELETE', `/api/flow_runs/${NOBODY}`, null, 404],
      ['an unknown address', 'GET', '/api/nope', null, 404],
      ['a wrong method', 'DELETE', '/api/flows/filter', null, 405],
    ] as const)('%s', async (_what, method, path, body, status) => {
      const answer = await send(method, path, body);
      expect(answer.status, answer.text).toBe(status);
      expect(detailOf(answer)).toBeTruthy();
    });

    test.each([
      ['a broken body of 10 MB', `"${'a'.repeat(10 * MEGABYTE)}`],
      ['ten million brackets', '['.repeat(10 * MEGABYTE)],
      ['lists nested 200,000 deep', nested(200_000)],
      ['objects nested 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
      ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0xfd, 0x22])],
    ])('%s', async (_what, body) => {
      const answer = await send('POST', '/api/flows/', body);
      expect([400, 413, 422]).toContain(answer.status);
    });
  });

  test.each([
    ['parameters nested 50,000 deep', () => `{"name": "deep", "labels": {"a": ${nested(50_000)}}}`],
    ['a name of 10 MB', () => `{"name": "${'n'.repeat(10 * MEGABYTE)}"}`],
    ['a name with NUL characters', () => '{"name": "a\\u0000b"}'],
    ['a name with half a surrogate pair', () => '{"name": "a\\ud800b"}'],
    ['a name like a statement', () => `{"name": "'; DROP TABLE flow; --"}`],
    ['a key that is special in JavaScript', () => '{"name": "p", "__proto__": {"isAdmin": true}}'],
  ])('%s is stored or refused, never a failure of the server', async (_what, body) => {
    const answer = await send('POST', '/api/flows/', body());
    expect([200, 201, 400, 413, 422]).toContain(answer.status);
    const listed = await send('POST', '/api/flows/filter', '{}');
    expect(listed.status).toBe(200);
  });

  test.each([
    '/api/../../../../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/%00',
    '/api/flows/%ZZ',
    '//',
  ])('the path %s leads nowhere', async (path) => {
    const answer = await send('GET', path, null);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain('root:');
  });

  test('a header of 100 kB is refused', async () => {
    const headers = { 'x-long': 'h'.repeat(100_000) };
    const sent = caller.send({ method: 'GET', path: '/api/health', headers, body: null });
    const status = await sent.then(
      (answer) => answer.status,
      () => 'connection closed',
    );
    expect([400, 431, 'connection closed']).toContain(status);
  });

  test('bytes that are no HTTP end the connection', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    socket.write(Buffer.from([0, 255, 1, 254, 13, 10, 13, 10]));
    socket.resume();
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  test('a request that breaks off in its body harms nobody', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /api/flows/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"name":');
    await pause(50);
    socket.destroy();
    expect(await send('GET', '/api/health', null)).toMatchObject({ status: 200 });
  });

  // The real server has no GraphQL to examine.
  describe.skipIf(process.env['COMPAT_SERVER'] !== undefined)('over GraphQL', () => {
    const ask = async (body: string): Promise<Answer> => send('POST', '/graphql', body);

    test.each([
      ['a query of depth 50', JSON.stringify({ query: deepQuery(50) })],
      ['a query that is none', JSON.stringify({ query: '{ flowRuns( ' })],
      ['an unknown field', JSON.stringify({ query: '{ everything }' })],
      ['a body that is not JSON', '{"query": '],
      ['a body of another shape', '[1]'],
      [
        'five hundred aliases',
        JSON.stringify({
          query: `{ ${Array.from({ length: 500 }, (_, n) => `a${n}: flowRuns(first: 100) { nodes { id } }`).join(' ')} }`,
        }),
      ],
      [
        'a page of a million',
        JSON.stringify({ query: '{ flowRuns(first: 1000000) { nodes { id } } }' }),
      ],
      [
        'fragments in a circle',
        JSON.stringify({
          query:
            '{ flowRuns(first: 1) { ...a } } fragment a on FlowRunConnection { ...b } fragment b on FlowRunConnection { ...a }',
        }),
      ],
      ['an id of a wrong type', JSON.stringify({ query: '{ flowRun(id: {}) { id } }' })],
      ['a query of 2 MB', JSON.stringify({ query: `{ ${'__typename '.repeat(200_000)} }` })],
    ])('%s is refused', async (_what, body) => {
      const answer = await ask(body);
      expect(answer.status).toBeLessThan(500);
      const { errors, data } = JSON.parse(answer.text) as {
        errors?: { message: string }[];
        data?: unknown;
      };
      expect(errors?.length, answer.text.slice(0, 300)).toBeGreaterThan(0);
      expect(errors?.[0]?.message).not.toMatch(/unexpected error/iu);
      expect(data ?? null).toBeNull();
    });

    test('an unknown flow run is null', async () => {
      const answer = await ask(JSON.stringify({ query: `{ flowRun(id: "${NOBODY}") { id } }` }));
      expect(JSON.parse(answer.text)).toMatchObject({ data: { flowRun: null } });
    });
  });

  describe.each([
    ['/api/events/in', ['prefect']],
    ['/api/events/in', []],
    ['/graphql', ['graphql-transport-ws']],
  ])('on the websocket %s %s', (path, protocols) => {
    const isReal = process.env['COMPAT_SERVER'] !== undefined && path === '/graphql';

    test.skipIf(isReal).each([
      ['text that is no JSON', 'not json'],
      ['JSON of another shape', '[[]]'],
      ['a number', '17'],
      ['binary rubbish', Buffer.from([0, 1, 2, 255, 254])],
      ['an unknown type', '{"type": "dance"}'],
      ['a list nested 100,000 deep', nested(100_000)],
      ['a frame of 20 MB', 'x'.repeat(20 * MEGABYTE)],
    ])('%s ends the socket, not the server', async (_what, frame) => {
      const socket = new WebSocket(server.url.replace('http', 'ws') + path, protocols);
      socket.on('error', () => undefined);
      const { promise: closed, resolve } = Promise.withResolvers<readonly [number]>();
      socket.on('close', (code) => resolve([code]));
      await once(socket, 'open');
      socket.send(frame);
      const timeout = pause(10_000).then(() => ['still open after 10 s'] as const);
      const [code] = await Promise.race([closed, timeout]);
      expect(code).toBeTypeOf('number');
      socket.terminate();
    });
  });

  test('a websocket at an unknown address is refused', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/unknown`, ['prefect']);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
  });

  test('bytes that are no frame end the socket', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    socket.write(
      `GET /api/events/in HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
    );
    await once(socket, 'data');
    const closed = once(socket, 'close');
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    socket.resume();
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

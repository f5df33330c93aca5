import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { startExaminedServer } from '#tests/support/replay/server.ts';
import { type SocketClient, openSocket } from '#tests/support/socket-client.ts';
import {
  PROBED_AUTH_STRING,
  type Probe,
  probeEvent,
  probes,
} from '#tests/support/socket-probes.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const LOG_STREAMING = {
  PREFECT_SERVER_LOGS_STREAM_OUT_ENABLED: 'true',
  PREFECT_SERVER_LOGS_STREAM_PUBLISHING_ENABLED: 'true',
  PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL: '1',
};
const SILENCE_MILLIS = 1000;
/** The original stores events a while after it has sent them. */
const STORED_WITHIN_MILLIS = process.env['COMPAT_SERVER'] === undefined ? 0 : 3000;
const VARYING = new Set(['id', 'occurred', 'received', 'timestamp']);

const blanked = (frame: unknown): unknown =>
  JSON.parse(
    JSON.stringify(frame, (key, value: unknown) => (VARYING.has(key) ? `<${key}>` : value)),
  );

const isSilence = (entry: unknown): boolean =>
  typeof entry === 'string' && entry.startsWith('<nothing');

/** The frames of a recording, without what cannot be the same and without its silences. */
const framesIn = (recorded: readonly Probe[], name: string): readonly unknown[] => {
  const seen = recorded.find(({ probe }) => probe === name)?.seen;
  if (!Array.isArray(seen)) throw new Error(`No list was recorded as ${name}.`);
  return seen.filter((entry) => !isSilence(entry)).map(blanked);
};

const inAYear = (): object => ({
  since: new Date(Date.now() - 60_000).toISOString(),
  until: new Date(Date.now() + 365 * 86_400_000).toISOString(),
});

describe.each([
  ['without an auth string', null, probes.withoutAuthString],
  ['with an auth string', PROBED_AUTH_STRING, probes.withAuthString],
] as const)('streams of a server %s', (_what, token, recorded) => {
  let server: ServerProcess;
  let live: SocketClient;

  beforeAll(async () => {
    const auth = token === null ? {} : { PREFECT_SERVER_API_AUTH_STRING: token };
    server = await startExaminedServer({ env: { ...LOG_STREAMING, ...auth } });
  });
  afterAll(() => server.stop());

  const open = async (path: string, filter?: object): Promise<SocketClient> => {
    const client = await openSocket(server.url.replace('http', 'ws') + path);
    client.send({ type: 'auth', token });
    await client.next(0);
    if (filter !== undefined) client.send({ type: 'filter', ...filter });
    // A filter takes hold without an answer.
    await pause(300);
    return client;
  };
  const post = async (path: string, body: unknown): Promise<number> => {
    const authorization =
      token === null ? {} : { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
    const response = await fetch(`${server.url}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
    });
    await response.text();
    return response.status;
  };

  test('a live event', async () => {
    live = await open('/api/events/out', { filter: { occurred: inAYear() }, backfill: false });
    const source = await open('/api/events/in');
    source.send(probeEvent(randomUUID()));
    await live.next(1);
    expect(live.frames.map(blanked)).toEqual(
      framesIn(recorded, '/api/events/out live event, backfill false'),
    );
    source.socket.close();
  });

  test('a second filter, which is ignored', async () => {
    const before = live.frames.length;
    live.send({ type: 'filter', filter: { occurred: inAYear() }, backfill: true });
    await pause(SILENCE_MILLIS);
    expect(live.frames).toHaveLength(before);
    expect(live.closed).toBeNull();
    live.socket.close();
  });

  test('the past, unless it is not wanted', async () => {
    const expected = framesIn(recorded, '/api/events/out backfill default');
    // One event is there already, and one frame of the recording tells of the authentication.
    const more = Array.from({ length: expected.length - 2 }, () => probeEvent(randomUUID()));
    expect(await post('/events', more)).toBe(204);
    await pause(STORED_WITHIN_MILLIS);
    const client = await open('/api/events/out', { filter: { occurred: inAYear() } });
    await waitFor(() => client.frames.length >= expected.length, { what: 'the past' });
    await pause(SILENCE_MILLIS);
    expect(client.frames.map(blanked)).toEqual(expected);
    client.socket.close();
  });

  test('the past alone when the filter names no end', async () => {
    const [past, status] = framesIn(
      recorded,
      '/api/events/out filter without occurred: backfilled, then live after POST /events',
    );
    const client = await open('/api/events/out', { filter: {} });
    await waitFor(() => client.frames.length > Number(past), { what: 'the past' });
    expect(await post('/events', [probeEvent(randomUUID())])).toBe(status);
    await pause(SILENCE_MILLIS);
    expect(client.frames).toHaveLength(Number(past) + 1);
    client.socket.close();
  });

  test('a live log line of the level that is wanted, and none below', async () => {
    const [authenticated, status, line] = framesIn(recorded, '/api/logs/out live log (level>=20)');
    const client = await open('/api/logs/out', { filter: { level: { ge_: 20 } } });
    const log = { name: 'n', message: 'hi', timestamp: new Date().toISOString() };
    const lines = [
      { ...log, level: 20 },
      { ...log, level: 10 },
    ];
    expect(await post('/logs/', lines)).toBe(status);
    await client.next(1);
    await pause(SILENCE_MILLIS);
    expect(client.frames.map(blanked)).toEqual([authenticated, line]);
    client.socket.close();
  });
});

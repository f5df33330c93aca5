import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { one } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase, openTestContext, testedKinds } from '#tests/support/database.ts';
import { openSocket } from '#tests/support/socket-client.ts';
import { type SocketServer, serveSockets } from '#tests/support/socket-server.ts';

const event = (id: string = newId()) => ({
  id,
  occurred: formatInstant(nowMicros()),
  event: 'probe.thing',
  resource: { 'prefect.resource.id': 'probe.1' },
});

const readEvent = statement<[id: string], { readonly event: string }>(
  'SELECT event FROM event WHERE id = ?',
);

describeEachDatabase('the socket for events', (db) => {
  let server: SocketServer;
  beforeAll(async () => {
    server = await serveSockets(db.ctx);
  });
  afterAll(() => server.close());

  const open = async () => {
    const client = await openSocket(`${server.url}/api/events/in`);
    client.send({ type: 'auth', token: null });
    expect(await client.next(0)).toEqual({ type: 'auth_success' });
    return client;
  };
  const stored = (id: string) => db.ctx.db.read(() => one(readEvent(id)));

  test('drops the connection at a frame that is no event, and keeps those before it', async () => {
    const client = await open();
    const good = event();
    client.send(good);
    client.send({ ...event(), resource: {} });
    expect(await client.untilClosed()).toMatchObject({ code: 1006 });
    await expect.poll(() => stored(good.id)).toEqual({ event: 'probe.thing' });
  });

  test('drops the connection at what is no JSON object', async () => {
    for (const frame of ['{', '[1]', '"text"']) {
      const client = await open();
      client.send(frame);
      expect(await client.untilClosed()).toMatchObject({ code: 1006 });
    }
  });

  test('answers a ping only when the events before it are stored', async () => {
    const client = await open();
    const ids = Array.from({ length: 200 }, () => newId());
    for (const id of ids) client.send(event(id));
    const pong = new Promise((resolve) => client.socket.once('pong', resolve));
    client.socket.ping();
    await pong;
    expect(await stored(ids.at(-1) ?? '')).not.toBeNull();
    expect(await stored(ids[0] ?? '')).not.toBeNull();
    client.socket.close();
  });

  test('takes events straight away from a client without the subprotocol', async () => {
    const client = await openSocket(`${server.url}/api/events/in`, null);
    const sent = event();
    client.send(sent);
    await expect.poll(() => stored(sent.id)).not.toBeNull();
    client.socket.close();
  });
});

describe('the handshake', () => {
  let opened: Awaited<ReturnType<typeof openTestContext>>;
  beforeAll(async () => {
    opened = await openTestContext(testedKinds[0] ?? 'sqlite');
  });
  afterAll(() => opened.close());

  const withServer = async (authString: string | null, body: (url: string) => Promise<void>) => {
    const server = await serveSockets(opened.ctx, { api: { port: 0, authString } });
    await body(`${server.url}/api/events/in`);
    await server.close();
  };

  test('refuses an address that is no socket', () =>
    withServer(null, async (url) => {
      await expect(openSocket(url.replace('/events/in', '/nothing'))).rejects.toThrow('403');
    }));

  test('closes with 1008 when the first frame is no authentication', () =>
    withServer(null, async (url) => {
      const client = await openSocket(url);
      client.send({ type: 'event' });
      expect(await client.untilClosed()).toEqual({ code: 1008, reason: "Expected 'auth' message" });
    }));

  test('drops a client whose first frame is no JSON object', () =>
    withServer(null, async (url) => {
      const client = await openSocket(url);
      client.send('[]');
      expect(await client.untilClosed()).toMatchObject({ code: 1006 });
    }));

  test('asks for the token that is set, as it is', () =>
    withServer('admin:pw', async (url) => {
      const refusals = [
        [{ type: 'auth' }, 'Auth required but no token provided'],
        [{ type: 'auth', token: null }, 'Auth required but no token provided'],
        [{ type: 'auth', token: 'YWRtaW46cHc=' }, 'Invalid token'],
      ] as const;
      for (const [frame, reason] of refusals) {
        const refused = await openSocket(url);
        refused.send(frame);
        expect(await refused.untilClosed()).toEqual({ code: 1008, reason });
      }
      const client = await openSocket(url);
      client.send({ type: 'auth', token: 'admin:pw' });
      expect(await client.next(0)).toEqual({ type: 'auth_success' });
      client.socket.close();
    }));

  test('answers a ping before the client has authenticated', () =>
    withServer('admin:pw', async (url) => {
      const client = await openSocket(url);
      const pong = new Promise((resolve) => client.socket.once('pong', resolve));
      client.socket.ping('first');
      expect(String(await pong)).toBe('first');
      client.socket.close();
    }));

  test('lets nobody in without the subprotocol when a token is set', () =>
    withServer('admin:pw', async (url) => {
      await expect(openSocket(url, null)).rejects.toThrow('403');
      await expect(openSocket(url, 'other')).rejects.toThrow('403');
    }));
});

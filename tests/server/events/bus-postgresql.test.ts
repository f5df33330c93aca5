import { type Socket, connect, createServer } from 'node:net';

import pg from 'pg';
import { describe, expect, test } from 'vitest';

import { createPostgresqlBus } from '#server/events/bus-postgresql.ts';
import { createLog } from '#server/log.ts';
import { readSettings } from '#server/settings.ts';
import { createPostgresqlDatabase, testedKinds } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const notify = async (url: string, payloads: readonly string[]): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const payload of payloads) {
    await client.query('SELECT pg_notify($1, $2)', ['prefect_server', payload]);
  }
  await client.end();
};

interface Proxy {
  readonly url: string;
  /** Breaks what goes through it, and then the next connection that begins to listen, so many times. */
  breakConnections(listenersToo: number): void;
  /** Keeps what goes through it open and passes nothing on any more, as a firewall does that forgot the connection. */
  dropSilently(): void;
  close(): Promise<void>;
}

/** A way to the database that can be cut. */
const openProxy = async (databaseUrl: string): Promise<Proxy> => {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let listenersToBreak = 0;
  const forgotten = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    far.on('data', (data: Buffer) => {
      if (!forgotten.has(near)) near.write(data);
    });
    near.on('end', () => {
      if (!forgotten.has(near)) far.end();
    });
    near.on('data', (data: Buffer) => {
      if (listenersToBreak > 0 && data.includes('LISTEN')) {
        listenersToBreak -= 1;
        near.destroy();
      } else if (!forgotten.has(near)) far.write(data);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' ? address?.port : '');
  return {
    url: url.href,
    breakConnections: (listenersToo) => {
      listenersToBreak = listenersToo;
      for (const socket of sockets) socket.destroy();
    },
    dropSilently: () => {
      for (const socket of sockets) forgotten.add(socket);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};

const countListeners = async (url: string): Promise<number> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'prefect-server bus'`,
  );
  await client.end();
  return rows[0]?.count ?? 0;
};

describe.runIf(testedKinds.includes('postgresql'))('the bus between processes', () => {
  test('carries signals to the other process once, and to its own at once', async () => {
    const database = await createPostgresqlDatabase();
    const log = createLog(readSettings({ PREFECT_SERVER_LOGGING_LEVEL: 'ERROR' }));
    const [sender, receiver] = await Promise.all([
      createPostgresqlBus(database.url, log),
      createPostgresqlBus(database.url, log),
    ]);
    const own: string[] = [];
    const others: string[] = [];
    sender.subscribe('flow-run', ({ key }) => own.push(key));
    receiver.subscribe('flow-run', ({ key }) => others.push(key));
    sender.publish([
      { topic: 'flow-run', key: 'a' },
      { topic: 'flow-run', key: 'a' },
      { topic: 'task-run', key: 'b' },
    ]);
    expect(own).toEqual(['a', 'a']);
    // Whoever has access to the database may send on the channel; rubbish is passed over.
    await notify(database.url, ['', 'no JSON', '{"from":1}', '[]']);
    await waitFor(() => others.length > 0, { what: 'the notification' });
    expect(others).toEqual(['a']);
    // More than fits into one notification.
    sender.publish(
      Array.from({ length: 500 }, (_, index) => ({ topic: 'flow-run', key: `k${index}` })),
    );
    await waitFor(() => others.length === 501, { what: 'all signals' });
    await sender.close();
    await receiver.close();
    await database.drop();
  });

  test('comes back with one connection, also when it breaks again while it comes back', async () => {
    const database = await createPostgresqlDatabase();
    const proxy = await openProxy(database.url);
    const log = createLog(readSettings({ PREFECT_SERVER_LOGGING_LEVEL: 'CRITICAL' }));
    const bus = await createPostgresqlBus(proxy.url, log);
    const keys: string[] = [];
    bus.subscribe('flow-run', ({ key }) => keys.push(key));
    proxy.breakConnections(1);
    const signal = JSON.stringify({ from: 'another', signals: [['flow-run', 'a']] });
    await expect
      .poll(
        async () => {
          await notify(database.url, [signal]);
          return keys.length;
        },
        { timeout: 10_000 },
      )
      .toBeGreaterThan(0);
    // A second connection would hear everything once more.
    keys.length = 0;
    await notify(database.url, [signal]);
    await waitFor(() => keys.length > 0, { what: 'the notification' });
    expect(await countListeners(database.url)).toBe(1);
    await bus.close();
    expect(await countListeners(database.url)).toBe(0);
    await proxy.close();
    await database.drop();
  });

  test('notices within seconds that its connection was dropped without a word', async () => {
    const database = await createPostgresqlDatabase();
    const proxy = await openProxy(database.url);
    const log = createLog(readSettings({ PREFECT_SERVER_LOGGING_LEVEL: 'CRITICAL' }));
    const [bus, other] = await Promise.all([
      createPostgresqlBus(proxy.url, log),
      createPostgresqlBus(database.url, log),
    ]);
    const keys: string[] = [];
    bus.subscribe('flow-run', ({ key }) => keys.push(key));
    const tell = (key: string): void => other.publish([{ topic: 'flow-run', key }]);
    tell('before');
    await waitFor(() => keys.includes('before'), { what: 'the first signal' });
    proxy.dropSilently();
    await waitFor(
      () => {
        tell('after');
        return keys.includes('after');
      },
      { withinMillis: 8000, what: 'a signal over a new connection' },
    );
    // The connection that the database still believes in says nothing twice.
    proxy.dropSilently();
    const started = performance.now();
    await bus.close();
    expect(performance.now() - started).toBeLessThan(2000);
    await other.close();
    await proxy.close();
    await database.drop();
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { rows, run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { listTaskWorkers } from '#server/queries/task-worker/read-task-workers.ts';
import { delayTask } from '#tests/support/background-runs.ts';
import { describeEachDatabase, openTestContext, testedKinds } from '#tests/support/database.ts';
import { type SocketClient, openSocket } from '#tests/support/socket-client.ts';
import { type SocketServer, serveSockets } from '#tests/support/socket-server.ts';

const readKeys = statement<[status: string], { readonly key: string }>(
  'SELECT key FROM delivery WHERE status = ?',
);

const readStatus = statement<[key: string], { readonly status: string }>(
  'SELECT status FROM delivery WHERE key = ?',
);

const dropTable = statement<[]>('DROP TABLE delivery');

const PATH = '/api/task_runs/subscriptions/scheduled';

describeEachDatabase('The socket for background runs', (db) => {
  let server: SocketServer;
  beforeEach(async () => {
    server = await serveSockets(db.ctx);
  });
  afterEach(() => server.close());

  const open = async (): Promise<SocketClient> => {
    const client = await openSocket(`${server.url}${PATH}`);
    client.send({ type: 'auth', token: null });
    expect(await client.next(0)).toEqual({ type: 'auth_success' });
    return client;
  };

  const subscribe = async (...keys: readonly string[]): Promise<SocketClient> => {
    const client = await open();
    client.send({ type: 'subscribe', keys, client_id: `worker-${newId()}` });
    return client;
  };

  const idOf = async (client: SocketClient, index: number): Promise<unknown> => {
    const frame = await client.next(index);
    return typeof frame === 'object' && frame !== null && 'id' in frame ? frame.id : frame;
  };

  /** What stands of the handing out of a run: nothing, once it was acknowledged. */
  const statusesOf = async (taskRunId: string): Promise<readonly string[]> => {
    const found = await db.ctx.db.read(() => rows(readStatus(taskRunId)));
    return found.map(({ status }) => status);
  };

  describe('refuses', () => {
    test.each([
      [{ type: 'hello' }, "expected 'subscribe' message"],
      [{ type: 'subscribe', client_id: 'one' }, "expected 'keys' in subscribe message"],
      [{ type: 'subscribe', keys: [], client_id: 'one' }, "expected 'keys' in subscribe message"],
      [{ type: 'subscribe', keys: ['a'] }, "expected 'client_id' in subscribe message"],
      [
        { type: 'subscribe', keys: ['a'], client_id: '' },
        "expected 'client_id' in subscribe message",
      ],
    ])('%j', async (frame, reason) => {
      const client = await open();
      client.send(frame);
      expect(await client.untilClosed()).toEqual({
        code: 4001,
        reason: `Protocol violation: ${reason}`,
      });
    });

    test('what is no JSON object', async () => {
      const client = await open();
      client.send('[]');
      expect(await client.untilClosed()).toMatchObject({ code: 1006 });
    });
  });

  test('sends a run that waited, and the next one after the acknowledgement', async () => {
    const key = newId();
    const ids = [await delayTask(db.ctx, key), await delayTask(db.ctx, key)];
    const client = await subscribe(key);
    expect(await client.next(1)).toMatchObject({
      id: ids[0],
      task_key: key,
      flow_run_id: null,
      state_type: 'SCHEDULED',
      state: { type: 'SCHEDULED', state_details: { deferred: true } },
    });
    expect(client.frames).toHaveLength(2);
    client.send({ type: 'ack' });
    expect(await idOf(client, 2)).toBe(ids[1]);
    client.send({ type: 'quit' });
    expect(await client.untilClosed()).toEqual({ code: 1000, reason: '' });
  });

  test('sends a run at once to who waits for it', async () => {
    const key = newId();
    const client = await subscribe(key);
    await expect.poll(() => listTaskWorkers(db.ctx, { taskKeys: [key] })).toHaveLength(1);
    const id = await delayTask(db.ctx, key);
    expect(await idOf(client, 1)).toBe(id);
  });

  test('gives each run to one of those who wait', async () => {
    const key = newId();
    const clients = await Promise.all(Array.from({ length: 5 }, () => subscribe(key)));
    for (const client of clients) {
      client.socket.on('message', (data: Buffer) => {
        if (data.includes(key)) client.send({ type: 'ack' });
      });
    }
    const ids = await Promise.all(Array.from({ length: 30 }, () => delayTask(db.ctx, key)));
    const received = (): readonly unknown[] =>
      clients.flatMap(({ frames }) =>
        frames.slice(1).map((frame) => Reflect.get(Object(frame), 'id')),
      );
    await expect.poll(() => received().length).toBe(30);
    expect(new Set(received())).toEqual(new Set(ids));
  });

  test('offers to the next what the last one did not acknowledge before it went', async () => {
    const key = newId();
    const id = await delayTask(db.ctx, key);
    const first = await subscribe(key);
    expect(await idOf(first, 1)).toBe(id);
    const second = await subscribe(key);
    first.socket.terminate();
    expect(await idOf(second, 1)).toBe(id);
  });

  test('does not offer again what was acknowledged by who went at once', async () => {
    const key = newId();
    const ids = [await delayTask(db.ctx, key)];
    const first = await subscribe(key);
    expect(await idOf(first, 1)).toBe(ids[0]);
    first.send({ type: 'ack' });
    first.socket.close();
    await first.untilClosed();
    ids.push(await delayTask(db.ctx, key));
    const second = await subscribe(key);
    expect(await idOf(second, 1)).toBe(ids[1]);
    const held = await db.ctx.db.read(() => rows(readKeys('LEASED')));
    expect(held.map((row) => row.key)).not.toContain(ids[0]);
  });

  test('keeps what was not acknowledged when the server stops', async () => {
    const key = newId();
    const id = await delayTask(db.ctx, key);
    const first = await subscribe(key);
    expect(await idOf(first, 1)).toBe(id);
    await server.close();
    server = await serveSockets(db.ctx);
    expect(await idOf(await subscribe(key), 1)).toBe(id);
  });

  test('takes an acknowledgement that was on its way when the server stopped', async () => {
    const key = newId();
    const id = await delayTask(db.ctx, key);
    const client = await subscribe(key);
    expect(await idOf(client, 1)).toBe(id);
    const closing = server.close();
    client.send({ type: 'ack' });
    await closing;
    expect(await statusesOf(id)).toEqual([]);
    server = await serveSockets(db.ctx);
  });

  test('leaves the lease to a client that could not be heard out when the server stopped', async () => {
    const key = newId();
    const id = await delayTask(db.ctx, key);
    const client = await subscribe(key);
    expect(await idOf(client, 1)).toBe(id);
    client.socket.pause();
    await server.close();
    expect(await statusesOf(id)).toEqual(['LEASED']);
    server = await serveSockets(db.ctx);
  });

  test('tells who is there, and for which tasks', async () => {
    const [one, other] = [newId(), newId()];
    const client = await open();
    client.send({ type: 'subscribe', keys: [one, other], client_id: 'cid-1' });
    const workers = () => listTaskWorkers(db.ctx, { taskKeys: [other] });
    await expect.poll(workers).toMatchObject([{ identifier: 'cid-1', taskKeys: [one, other] }]);
    expect(await listTaskWorkers(db.ctx, { taskKeys: [newId()] })).toEqual([]);
    client.socket.close();
    await expect.poll(workers).toEqual([]);
  });
});

test('The socket for background runs ends with a connection that comes again when the database fails', async () => {
  const opened = await openTestContext(testedKinds[0] ?? 'sqlite');
  const server = await serveSockets(opened.ctx);
  try {
    await opened.ctx.db.write(() => run(dropTable()));
    const client = await openSocket(`${server.url}${PATH}`);
    client.send({ type: 'auth', token: null });
    await client.next(0);
    client.send({ type: 'subscribe', keys: ['a'], client_id: 'one' });
    expect(await client.untilClosed()).toMatchObject({ code: 1013 });
  } finally {
    await server.close();
    await opened.close();
  }
});

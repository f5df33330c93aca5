import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { startExaminedServer } from '#tests/support/replay/server.ts';
import { type SocketClient, openSocket } from '#tests/support/socket-client.ts';

interface Story {
  readonly probe: string;
  readonly seen: readonly unknown[];
}

// The file is data of a known shape.
const { observed_without_auth_string: stories } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../reference/websockets.json'), 'utf8'),
) as { observed_without_auth_string: readonly Story[] };

const seenIn = (probe: string): readonly unknown[] => {
  const story = stories.find((candidate) => candidate.probe === probe);
  if (story === undefined) throw new Error(`There is no recording of "${probe}".`);
  return story.seen;
};

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/u;
const NAME = /^[a-z]+-[a-z]+$/u;
const KEY = /^probe-key-/u;
/** What is waited for an answer that does not come. */
const NOTHING = /^<nothing within/u;

const blankText = (text: string, key: string | null): string => {
  if (ID.test(text)) return '<id>';
  if (TIME.test(text)) return '<time>';
  if (KEY.test(text)) return '<key>';
  if (NOTHING.test(text)) return '<nothing>';
  return key === 'name' && NAME.test(text) && text !== 'probe-pool' ? '<name>' : text;
};

/** A value without what differs from one run of a server to the next. */
const blank = (value: unknown, key: string | null = null): unknown => {
  if (typeof value === 'string') return blankText(value, key);
  if (typeof value === 'number') return key === 'estimated_start_time_delta' ? '<seconds>' : value;
  if (Array.isArray(value)) return value.map((item) => blank(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, blank(part, name)]));
};

describe('what happens on the sockets for work', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startExaminedServer({});
  });
  afterAll(async () => {
    await server.stop();
    expect(serversLeftRunning()).toEqual([]);
  });

  const call = async (method: string, path: string, body: unknown = {}) => {
    const answer = await fetch(`${server.url}/api${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? null : (JSON.parse(text) as unknown) };
  };

  const connect = async (path: string): Promise<SocketClient> => {
    const client = await openSocket(`${server.url.replace('http', 'ws')}/api${path}`);
    client.send({ type: 'auth', token: null });
    await client.next(0);
    return client;
  };

  /** What comes after so many frames, or that nothing does. */
  const nextOrNothing = async (client: SocketClient, index: number, millis = 1500) => {
    await pause(client.frames.length > index ? 0 : millis);
    return client.frames[index] ?? `<nothing within ${millis / 1000}s>`;
  };

  const delay = (key: string, dynamicKey: string) =>
    call('POST', '/task_runs/', {
      task_key: key,
      dynamic_key: dynamicKey,
      state: { type: 'SCHEDULED', state_details: { deferred: true } },
    });

  test('a background run is delivered, again after a connection was lost, and followed by the next', async () => {
    const key = `probe-key-${randomUUID().slice(0, 6)}`;
    const path = '/task_runs/subscriptions/scheduled';
    const subscribe = async (): Promise<SocketClient> => {
      const client = await connect(path);
      client.send({ type: 'subscribe', keys: [key], client_id: 'cid-1' });
      return client;
    };
    const workers = async (): Promise<unknown> => (await call('POST', '/task_workers/filter')).json;
    const first = await subscribe();
    const made = await delay(key, 'd1');
    const delivered = await first.next(1);
    const seen = [first.frames[0], made.status, delivered, { task_workers: await workers() }];
    expect(blank(seen)).toEqual(blank(seenIn('subscriptions: deferred task run delivered')));

    first.socket.close();
    await first.untilClosed();
    // The server takes note of it within a second.
    await pause(1500);
    const after = { workers_after_disconnect: await workers() };
    const second = await subscribe();
    const again = await second.next(1);
    await delay(key, 'd2');
    const unasked = await nextOrNothing(second, 2);
    second.send({ type: 'ack' });
    const following = await second.next(2);
    second.send({ type: 'quit' });
    const closed = await second.untilClosed();
    const idOf = (frame: unknown): unknown => Reflect.get(Object(frame), 'id');
    expect(idOf(again)).toBe(idOf(delivered));
    expect(idOf(following)).not.toBe(idOf(again));
    expect(
      blank([
        after,
        idOf(again),
        unasked,
        idOf(following),
        { closed: closed.code, reason: closed.reason },
      ]),
    ).toEqual(blank(seenIn('subscriptions: redelivery without ack; ack; next; quit')));
  });

  const consumer = randomUUID();
  const hello = (changes: object = {}) => ({
    consumer_id: consumer,
    worker_name: 'probe-worker',
    worker_type: 'process',
    heartbeat_interval_seconds: 30,
    supported_channel_versions: ['work_pool_worker_channel.v1'],
    requested_capabilities: ['worker_heartbeat.v1', 'work_pool_snapshot.v1'],
    ...changes,
  });
  const frame = (type: string, payload: object, more: object = {}) => ({
    type,
    id: randomUUID(),
    sent_at: new Date().toISOString(),
    payload,
    ...more,
  });
  const CHANNEL = '/work_pools/probe-pool/workers/connect';

  /** What a worker sees that sends one frame: until the connection ends or nothing more comes. */
  const seenAfter = async (first: object) => {
    const client = await connect(CHANNEL);
    client.send(first);
    const millis = 700;
    await pause(millis);
    const end = client.closed;
    const last = end === null ? '<nothing within 3s>' : { closed: end.code, reason: end.reason };
    const seen = [{ accepted_subprotocol: client.socket.protocol }, ...client.frames, last];
    return { client, seen };
  };

  test.each([
    ['worker channel: hello to a missing pool', frame('worker.hello.v1', hello())],
    [
      'worker channel: hello, create pool',
      frame('worker.hello.v1', hello({ create_pool_if_not_found: true })),
    ],
    [
      'worker channel: unsupported version',
      frame('worker.hello.v1', hello({ supported_channel_versions: ['other'] })),
    ],
    [
      'worker channel: missing capability',
      frame('worker.hello.v1', hello({ requested_capabilities: ['worker_heartbeat.v1'] })),
    ],
    [
      'worker channel: first frame not hello',
      frame('worker.heartbeat.v1', {
        consumer_id: consumer,
        worker_name: 'probe-worker',
        heartbeat_interval_seconds: 30,
      }),
    ],
    [
      'worker channel: unknown key in the frame',
      frame('worker.hello.v1', hello(), { another: true }),
    ],
    [
      'worker channel: cleanup capability',
      frame(
        'worker.hello.v1',
        hello({
          requested_capabilities: [
            'worker_heartbeat.v1',
            'work_pool_snapshot.v1',
            'cleanup_delivery.v1',
          ],
          handled_cleanup_kinds: ['cancelling_timeout_teardown.v1'],
          max_cleanup_concurrency: 2,
        }),
      ),
    ],
  ])('%s', async (probe, first) => {
    const { client, seen } = await seenAfter(first);
    expect(blank(seen)).toEqual(blank(seenIn(probe)));
    client.socket.close();
  });

  test('a worker is told of changes of its pool that matter, and of its end', async () => {
    const { client } = await seenAfter(frame('worker.hello.v1', hello()));
    const seen: unknown[] = [];
    const beat = {
      consumer_id: consumer,
      worker_name: 'probe-worker',
      heartbeat_interval_seconds: 30,
    };
    client.send(frame('worker.heartbeat.v1', beat));
    seen.push(await nextOrNothing(client, 2));
    const change = (body: object) => call('PATCH', '/work_pools/probe-pool', body);
    await change({ concurrency_limit: 7 });
    seen.push(await client.next(2));
    await change({ description: 'x' });
    seen.push(await nextOrNothing(client, 3));
    await change({ is_paused: true });
    seen.push(await client.next(3));
    await call('DELETE', '/work_pools/probe-pool');
    const closed = await client.untilClosed();
    seen.push({ closed: closed.code, reason: closed.reason });
    expect(blank(seen)).toEqual(
      blank(
        seenIn(
          'worker channel: after heartbeat / concurrency_limit / description / is_paused / delete',
        ),
      ),
    );
  });
});

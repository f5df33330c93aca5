import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { journalVacuum } from '#server/services/vacuum.ts';
import { nowMicros } from '#server/time.ts';
import { type StartedApp, startApp } from '#tests/support/app.ts';
import { testedKinds } from '#tests/support/database.ts';

const MAKE = `mutation Make($key: String!) {
  createArtifact(input: { key: $key, data: { a: 1.0 } }) {
    ... on CreateArtifactPayload { artifact { id data } }
    ... on Error { code }
  }
}`;

const TAKE = `mutation Take($name: String!) {
  acquireConcurrencySlots(input: { names: [$name], slots: 1 }) { __typename }
}`;

const expireAll = statement<[at: number]>('UPDATE kept_answer SET expires = ?');

describe.each(testedKinds)('calls that bring a key on %s', (kind) => {
  let started: StartedApp;
  beforeAll(async () => {
    started = await startApp(kind, {
      PREFECT_SERVER_SERVICES_ENABLED: 'false',
      PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
      PREFECT_SERVER_CONCURRENCY_SLOT_HOLD_SECONDS: '1',
    });
  });
  afterAll(() => started.close());

  const post = async (path: string, body: unknown, key: string) => {
    const response = await fetch(`${started.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      isRepeated: response.headers.get('idempotent-replayed') === 'true',
      retryAfter: response.headers.get('retry-after'),
      text,
    };
  };
  const make = (key: string, artifact: string) =>
    post('/graphql', { query: MAKE, variables: { key: artifact } }, key);
  const countArtifacts = async (artifact: string): Promise<string> =>
    (await post('/api/artifacts/count', { artifacts: { key: { any_: [artifact] } } }, newId()))
      .text;
  const makeFullLimit = async (): Promise<string> => {
    const name = newId();
    await post('/api/v2/concurrency_limits/', { name, limit: 1, active_slots: 1 }, newId());
    return name;
  };

  describe('through REST', () => {
    const artifact = (key: string) => ({ key, data: 1 });

    test('a key of another call is refused', async () => {
      const key = newId();
      expect((await post('/api/artifacts/', artifact('other-a'), key)).status).toBe(201);
      expect(await post('/api/artifacts/', artifact('other-b'), key)).toMatchObject({
        status: 422,
        text: expect.stringContaining('another call'),
      });
      expect(await countArtifacts('other-b')).toBe('0');
    });

    test('a key that is too long is refused', async () => {
      expect((await post('/api/flows/filter', {}, 'k'.repeat(256))).status).toBe(422);
    });

    test('a call while the first one is under way is refused for the moment', async () => {
      const body = { names: [await makeFullLimit()], slots: 1 };
      const key = newId();
      const path = '/api/v2/concurrency_limits/increment';
      const both = await Promise.all([post(path, body, key), post(path, body, key)]);
      expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
        409, 423,
      ]);
      expect(both.find(({ status }) => status === 409)?.retryAfter).toBe('1');
    });

    test('a call that was refused may be done again', async () => {
      const key = newId();
      const limit = { name: newId(), limit: -1 };
      for (const _ of [1, 2])
        expect(await post('/api/v2/concurrency_limits/', limit, key)).toMatchObject({
          status: 422,
          isRepeated: false,
        });
    });

    test('a call is done once, and its answer given again', async () => {
      const key = newId();
      const first = await post('/api/artifacts/', artifact('once-rest'), key);
      const second = await post('/api/artifacts/', artifact('once-rest'), key);
      expect(first).toMatchObject({ status: 201, isRepeated: false });
      expect(second).toEqual({ ...first, isRepeated: true });
      expect(await countArtifacts('once-rest')).toBe('1');
    });

    test('an answer of no text is given again', async () => {
      const key = newId();
      const line = { name: 'l', level: 20, message: newId(), timestamp: '2026-01-01T00:00:00Z' };
      const first = await post('/api/logs/', [line], key);
      expect(await post('/api/logs/', [line], key)).toEqual({ ...first, isRepeated: true });
    });
  });

  describe('through GraphQL', () => {
    test('a key of another operation is refused', async () => {
      const key = newId();
      await make(key, 'other-c');
      expect(await make(key, 'other-d')).toMatchObject({
        status: 422,
        text: expect.stringContaining('BAD_USER_INPUT'),
      });
      expect(await countArtifacts('other-d')).toBe('0');
    });

    test('an operation while the first one is under way is refused for the moment', async () => {
      const body = { query: TAKE, variables: { name: await makeFullLimit() } };
      const key = newId();
      const both = await Promise.all([post('/graphql', body, key), post('/graphql', body, key)]);
      expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
        200, 409,
      ]);
    });

    test('a mutation is done once, and its answer given again as it was spelled', async () => {
      const key = newId();
      const first = await make(key, 'once-graphql');
      expect(first.text).toContain('"data":{"a":1.0}');
      expect((await make(key, 'once-graphql')).text).toBe(first.text);
      expect(await countArtifacts('once-graphql')).toBe('1');
    });

    test('on a socket the key is one of the extensions of the operation', async () => {
      const url = `${started.url.replace('http', 'ws')}/graphql`;
      const client = createClient({ url, webSocketImpl: WebSocket });
      const ask = () =>
        client
          .iterate({
            query: MAKE,
            variables: { key: 'once-socket' },
            extensions: { idempotencyKey: 'socket-key' },
          })
          .next();
      const first = await ask();
      expect((await ask()).value).toEqual(first.value);
      await client.dispose();
      expect(await countArtifacts('once-socket')).toBe('1');
    });
  });

  test('an answer is forgotten after its time, and removed', async () => {
    const { ctx } = started.app;
    const key = newId();
    await make(key, 'late');
    await ctx.db.write(() => run(expireAll(nowMicros() - 1)));
    await make(key, 'late');
    expect(await countArtifacts('late')).toBe('2');
    await ctx.db.write(() => run(expireAll(nowMicros() - 1)));
    const { answers } = await journalVacuum.runOnce(ctx);
    expect(answers).toBeGreaterThan(0);
    expect(await journalVacuum.runOnce(ctx)).toMatchObject({ answers: 0 });
  });
});

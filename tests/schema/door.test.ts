import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { type GraphQLDoor, createGraphQL } from '#schema/server.ts';
import { withSettings } from '#server/settings.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { ask } from './support/operations.ts';

describeEachDatabase('The GraphQL door', (db) => {
  let door: GraphQLDoor;
  let url = '';
  const server = createServer((request, response) => door.handle(request, response));
  server.on('upgrade', (request, socket, head) => door.upgrade(request, socket, head));

  beforeAll(async () => {
    const settings = withSettings(db.ctx.settings, {
      api: { authString: 'admin:secret', corsAllowedOrigins: 'https://dashboard.example' },
    });
    door = createGraphQL({ ...db.ctx, settings });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await door.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const AUTHORIZATION = `Basic ${Buffer.from('admin:secret').toString('base64')}`;

  const post = (query: string, headers: Record<string, string> = {}) =>
    fetch(`http://${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  describe('over HTTP', () => {
    test('nobody gets in without the password', async () => {
      expect((await post('{ __typename }')).status).toBe(401);
      expect((await post('{ __typename }', { authorization: 'Basic bm9wZQ==' })).status).toBe(401);
    });

    test('a body beyond a megabyte is refused', async () => {
      const response = await post(`{ __typename } #${'x'.repeat(1_100_000)}`, {
        authorization: AUTHORIZATION,
      });
      expect(response.status).toBe(413);
    });

    test('a form is refused, as any page could send one', async () => {
      const response = await fetch(`http://${url}/graphql`, {
        method: 'POST',
        headers: { authorization: AUTHORIZATION },
        body: new URLSearchParams({ query: '{ __typename }' }),
      });
      expect(response.status).toBe(415);
    });

    test('a mutation by GET is refused', async () => {
      const query = encodeURIComponent(
        'mutation { createFlow(input: { name: "x" }) { __typename } }',
      );
      const response = await fetch(`http://${url}/graphql?query=${query}`, {
        headers: { authorization: AUTHORIZATION },
      });
      expect(response.status).toBe(405);
    });

    test('with the password an operation is answered', async () => {
      const response = await post('{ flows { totalCount } }', { authorization: AUTHORIZATION });
      expect(await response.json()).toMatchObject({ data: { flows: { totalCount: 0 } } });
    });

    test('a subscription is answered as a stream of events', async () => {
      const response = await post('subscription { logs(filter: {}) { live } }', {
        authorization: AUTHORIZATION,
        accept: 'text/event-stream',
      });
      const reader = response.body?.getReader();
      const text = async (): Promise<string> =>
        new TextDecoder().decode((await reader?.read())?.value);
      let received = '';
      while (!received.includes('event: next')) received += await text();
      while (!received.includes('live')) received += await text();
      expect(received).toContain('{"data":{"logs":{"live":true}}}');
      await reader?.cancel();
    });

    test('the explorer is a page that asks nobody else', async () => {
      const page = await (await fetch(`http://${url}/docs`)).text();
      expect(page).toContain('GraphQL explorer');
      expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
    });

    test('the schema can be downloaded', async () => {
      const response = await fetch(`http://${url}/graphql/schema.graphql`, {
        headers: { authorization: AUTHORIZATION },
      });
      expect(await response.text()).toContain('type FlowRun implements');
    });
  });

  describe('over a socket', () => {
    const connect = (authorization: string) =>
      createClient({
        url: `ws://${url}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization },
        retryAttempts: 0,
      });

    test('nobody gets in without the password', async () => {
      const client = connect('Basic bm9wZQ==');
      const stream = client.iterate({ query: '{ __typename }' });
      await expect(stream.next()).rejects.toMatchObject({ code: 4403 });
    });

    test('a page of an origin that is not allowed gets no socket', async () => {
      const socket = new WebSocket(`ws://${url}/graphql`, 'graphql-transport-ws', {
        headers: { origin: 'https://elsewhere.example' },
      });
      const refusal = await new Promise<Error>((resolve) => socket.once('error', resolve));
      expect(refusal.message).toContain('403');
    });

    test('whoever gets in is told which schema it meets and what its limits are', async () => {
      const client = connect(AUTHORIZATION);
      const greeting = new Promise<unknown>((resolve) => {
        client.on('connected', (_socket, payload) => resolve(payload));
      });
      await client.iterate({ query: '{ __typename }' }).next();
      const response = await fetch(`http://${url}/graphql/schema.graphql`, {
        headers: { authorization: AUTHORIZATION },
      });
      expect(await greeting).toMatchObject({
        serverVersion: db.ctx.settings.prefectVersion,
        schemaHash: createHash('sha256')
          .update(await response.text())
          .digest('hex'),
        limits: { depth: 12 },
      });
      await client.dispose();
    });

    test('queries are answered and mistakes are told', async () => {
      const client = connect(AUTHORIZATION);
      const { value } = await client.iterate({ query: '{ flows { totalCount } }' }).next();
      expect(value).toMatchObject({ data: { flows: { totalCount: 0 } } });
      await expect(client.iterate({ query: '{ nothing }' }).next()).rejects.toMatchObject([
        { message: 'Cannot query field "nothing" on type "Query".' },
      ]);
      await client.dispose();
    });
  });

  describe('limits', () => {
    const deep = (levels: number): string =>
      levels === 0 ? 'name' : `flow { flowRuns(first: 1) { nodes { ${deep(levels - 1)} } } }`;

    test.each([
      ['depth', `{ flowRuns(first: 1) { nodes { ${deep(5)} } } }`],
      [
        'aliases',
        `{ ${Array.from({ length: 31 }, (_unused, n) => `a${n}: __typename flows${n}: flows { totalCount }`).join(' ')} }`,
      ],
      ['nodes', '{ flows(first: 200) { nodes { flowRuns(first: 200) { nodes { name } } } } }'],
      ['tokens', `{ ${'__typename '.repeat(2001)} }`],
    ])('an operation beyond the limit of %s is refused', async (limit, query) => {
      const { status, body } = await ask(db.ctx, query);
      expect(status).toBe(400);
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit });
    });

    test('fragments count where they are spread, and one within itself ends', async () => {
      const hidden = `query { flows(first: 200) { nodes { ...Runs } } } fragment Runs on Flow { flowRuns(first: 200) { nodes { name } } }`;
      expect((await ask(db.ctx, hidden)).status).toBe(400);
      const circle = `query { flows { nodes { ...A } } } fragment A on Flow { name ...A }`;
      expect((await ask(db.ctx, circle)).body.errors?.[0]?.message).toContain(
        'Cannot spread fragment',
      );
    });
  });

  test('a bug is told as nothing but that', async () => {
    const fail = () => Promise.reject(new Error('secret'));
    const broken = { ...db.ctx, db: { ...db.ctx.db, read: fail, readAside: fail } };
    const { body } = await ask(broken, '{ flows { totalCount } }');
    expect(body.errors).toMatchObject([
      { message: 'Unexpected error.', extensions: { code: 'INTERNAL' } },
    ]);
    expect(JSON.stringify(body)).not.toContain('secret');
  });
});

import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createClient } from '#client-gen/sdk/client.ts';
import { type StartedApp, startApp } from '#tests/support/app.ts';

let app: StartedApp;
let between: Server;
/** What becomes of the answers of the server on their way, one after the other; then they arrive. */
const fates: ('lost' | 'busy')[] = [];
/** The key of each request. */
const keys: (string | string[] | undefined)[] = [];

beforeAll(async () => {
  app = await startApp('sqlite', { PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false' });
  between = createServer(async (request, response) => {
    keys.push(request.headers['idempotency-key']);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const fate = fates.shift();
    if (fate === 'busy') {
      response.writeHead(503, { 'retry-after': '0' }).end();
      return;
    }
    const { 'idempotency-key': key } = request.headers;
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(typeof key === 'string' ? { 'idempotency-key': key } : {}),
      },
      body: Buffer.concat(chunks),
    });
    const text = await answer.text();
    if (fate === 'lost') request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  between.closeAllConnections();
  between.close();
  await app.close();
});

const connect = (retrySeconds?: number) => {
  // A server that listens on a port has an address of that form.
  const { port } = between.address() as AddressInfo;
  const options = { url: `http://127.0.0.1:${port}/graphql` };
  return createClient(retrySeconds === undefined ? options : { ...options, retrySeconds });
};

const countRuns = async (): Promise<unknown> => {
  const response = await fetch(`${app.url}/api/flow_runs/count`, { method: 'POST' });
  return response.json();
};

test('a refusal is not sent again', async () => {
  const sent = keys.length;
  const unknown = { flowId: '00000000-0000-4000-8000-000000000000' };
  await expect(connect().createFlowRun(unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(keys.length).toBe(sent + 1);
});

test('who wants no second try gets the failure', async () => {
  fates.push('busy');
  await expect(connect(0).createFlow({ name: 'once' })).rejects.toMatchObject({ code: 'HTTP' });
});

test('where no server is, the failure of the connection is told', async () => {
  const client = createClient({ url: 'http://127.0.0.1:9/graphql', retrySeconds: 0 });
  await expect(client.createFlow({ name: 'nowhere' })).rejects.toThrow('fetch failed');
});

test('a mutation whose answer was lost is done once', async () => {
  const client = connect();
  const flow = await client.createFlow({ name: 'retried' });
  const sent = keys.length;
  fates.push('lost', 'busy', 'lost');
  const run = await client.createFlowRun({ flowId: flow.id, name: 'only' });
  expect(run).toMatchObject({ name: 'only' });
  expect(await countRuns()).toBe(1);
  const used = keys.slice(sent);
  expect([used.length, new Set(used).size]).toEqual([4, 1]);
  await client.createFlowRun({ flowId: flow.id, name: 'another' });
  expect(await countRuns()).toBe(2);
  await client.close();
});

test('a state whose answer was lost is set once and needs no key', async () => {
  const client = connect();
  const flow = await client.createFlow({ name: 'set' });
  const { id } = await client.createFlowRun({ flowId: flow.id });
  const sent = keys.length;
  fates.push('lost', 'lost');
  const { status } = await client.setFlowRunState({ id, state: { type: 'RUNNING' } });
  expect(status).toBe('ACCEPT');
  expect(keys.slice(sent)).toEqual([undefined, undefined, undefined]);
  const { flowRun } = await client.request<{ flowRun: { states: { nodes: object[] } } }, object>(
    `{ flowRun(id: "${id}") { states { nodes { type } } } }`,
    {},
  );
  expect(flowRun.states.nodes).toEqual([{ type: 'PENDING' }, { type: 'RUNNING' }]);
  await client.close();
});

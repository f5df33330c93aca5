import { afterAll, beforeAll, expect, test } from 'vitest';

import { createClient } from '#client-gen/sdk/client.ts';
import { FlowRunStatesDocument, FlowRunsDocument } from '#client-gen/sdk/generated/graphql.ts';
import { type StartedApp, startApp } from '#tests/support/app.ts';

import { type Proxy, startProxy } from './proxy.ts';

let app: StartedApp;
let proxy: Proxy;

beforeAll(async () => {
  app = await startApp('sqlite', {
    PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
    PREFECT_SERVER_API_AUTH_STRING: 'night:watch',
  });
  proxy = await startProxy(app.url);
});

afterAll(async () => {
  await proxy.cut();
  await app.close();
});

const authorization = `Basic ${btoa('night:watch')}`;
const direct = () => createClient({ url: `${app.url}/graphql`, authorization });
const proxied = (given = authorization) =>
  createClient({ url: `${proxy.url}/graphql`, authorization: given });

test('a stream with wrong credentials ends with that word', async () => {
  const client = proxied('Basic bm9ib2R5');
  await expect(client.subscribe(FlowRunStatesDocument, {}).next()).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  await client.close();
});

test('a stream of what is not there ends with the word of the server', async () => {
  const client = direct();
  const stream = client.subscribe('subscription { workPool(by: { name: "none" }) { kind } }', {});
  await expect(stream.next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await client.close();
});

test('a stream goes on where it was after the connection was lost', async () => {
  const writer = direct();
  const client = proxied();
  const flow = await writer.createFlow({ name: 'followed' });
  const make = (name: string) => writer.createFlowRun({ flowId: flow.id, name });
  const stopping = new AbortController();
  const filter = { flowId: { in: [flow.id] } };
  const stream = client.subscribe(FlowRunStatesDocument, { filter }, { signal: stopping.signal });
  const names: string[] = [];
  const readUntil = async (name: string): Promise<void> => {
    while (names.at(-1) !== name) {
      const { value } = await stream.next();
      if (value) names.push(value.flowRunStateChanged.flowRun.name);
    }
  };
  const first = readUntil('before');
  // The stream tells what comes after its beginning, so a few are made until one arrives.
  while (names.length === 0) {
    await make('before');
  }
  await first;
  await proxy.cut();
  await make('meanwhile');
  await proxy.mend();
  await make('after');
  await readUntil('after');
  expect(names.filter((name) => name !== 'before')).toEqual(['meanwhile', 'after']);
  const waiting = stream.next();
  stopping.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
  await Promise.all([client.close(), writer.close()]);
});

test('a list is read to its end, whatever the length of its pages', async () => {
  const client = direct();
  const flow = await client.createFlow({ name: 'listed' });
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await client.createFlowRun({ flowId: flow.id, name });
  }
  const variables = { filter: { flowId: { in: [flow.id] } }, first: 2 };
  const runs = await Array.fromAsync(
    client.list(FlowRunsDocument, variables, ({ flowRuns }) => flowRuns),
  );
  expect(runs.map(({ name }) => name).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('an error of a mutation brings what the operation asked of it', async () => {
  const client = direct();
  const name = { name: 'a/b', type: 'x' };
  const operation = `mutation Make($input: CreateWorkPoolInput!) {
    createWorkPool(input: $input) {
      __typename
      ... on InvalidInputError { issues { path } }
      ... on Error { code message }
    }
  }`;
  await expect(client.mutate(operation, { input: name })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { issues: [{ path: ['name'] }] },
  });
});

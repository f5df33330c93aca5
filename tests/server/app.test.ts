import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { type App, createApp } from '#server/app.ts';
import { createLog } from '#server/log.ts';
import { type Settings, readSettings } from '#server/settings.ts';
import { createPostgresqlDatabase, testedKinds } from '#tests/support/database.ts';

interface Running {
  readonly app: App;
  readonly url: string;
}

const start = async (settings: Settings): Promise<Running> => {
  const app = await createApp(settings, createLog(settings));
  const { url } = await app.listen();
  return { app, url };
};

const post = async (url: string, body: unknown): Promise<Record<string, unknown>> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
};

interface StateChange extends Record<string, unknown> {
  readonly flowRunStateChanged: {
    readonly state: { readonly name: string };
    readonly flowRun: { readonly name: string };
  };
}

const STATE_CHANGES = `subscription ($id: ID!) {
  flowRunStateChanged(filter: { id: { in: [$id] } }) { cursor state { name } flowRun { name stateName } }
}`;

describe.each(testedKinds)('the server on %s', (kind) => {
  let home = '';
  let settings: Settings;
  let running: Running;
  let drop = async (): Promise<void> => undefined;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'prefect-server-app-'));
    const database = kind === 'postgresql' ? await createPostgresqlDatabase() : null;
    if (database !== null) drop = () => database.drop();
    settings = readSettings({
      PREFECT_HOME: home,
      PREFECT_SERVER_API_PORT: '0',
      PREFECT_SERVER_LOGGING_LEVEL: 'ERROR',
      ...(database === null ? {} : { PREFECT_SERVER_DATABASE_CONNECTION_URL: database.url }),
    });
    running = await start(settings);
  });
  afterAll(async () => {
    await running.app.close();
    await drop();
    rmSync(home, { recursive: true, force: true });
  });

  const createRun = async (): Promise<string> => {
    const flow = await post(`${running.url}/api/flows/`, { name: 'walk' });
    const state = { type: 'PENDING', name: 'Pending' };
    const run = await post(`${running.url}/api/flow_runs/`, {
      flow_id: flow['id'],
      name: 'walker',
      state,
    });
    return String(run['id']);
  };

  test('a state set over REST comes out of a GraphQL subscription', async () => {
    const id = await createRun();
    const client = createClient({
      url: `${running.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    const changes = client.iterate<StateChange>({ query: STATE_CHANGES, variables: { id } });
    const seen: StateChange['flowRunStateChanged'][] = [];
    const following = (async () => {
      for await (const { data } of changes) if (data) seen.push(data.flowRunStateChanged);
    })();
    // A stream begins when the server has taken the subscription, so the state is set until it shows.
    await expect
      .poll(async () => {
        const state = { type: 'RUNNING', name: 'Running' };
        await post(`${running.url}/api/flow_runs/${id}/set_state`, { state, force: true });
        return seen.find((change) => change.state.name === 'Running')?.flowRun.name;
      })
      .toBe('walker');
    await changes.return?.();
    await following;
    await client.dispose();
  });

  test('what was acknowledged is there after a restart', async () => {
    const id = await createRun();
    await running.app.close();
    running = await start(settings);
    const response = await fetch(`${running.url}/api/flow_runs/${id}`);
    expect(await response.json()).toMatchObject({ id, name: 'walker', state_name: 'Pending' });
  });

  test('stops within seconds although the peers of its sockets never answer', async () => {
    const { hostname, port } = new URL(running.url);
    const doors = [
      ['/api/events/in', 'prefect'],
      ['/graphql', 'graphql-transport-ws'],
    ] as const;
    const silent = await Promise.all(
      doors.map(async ([path, protocol]) => {
        const socket = connect(Number(port), hostname).on('error', () => undefined);
        socket.write(
          [
            `GET ${path} HTTP/1.1`,
            'host: localhost',
            'connection: upgrade',
            'upgrade: websocket',
            'sec-websocket-version: 13',
            'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
            `sec-websocket-protocol: ${protocol}`,
            '\r\n',
          ].join('\r\n'),
        );
        await new Promise((resolve) => socket.once('data', resolve));
        return socket;
      }),
    );
    const started = performance.now();
    await running.app.close();
    expect(performance.now() - started).toBeLessThan(5000);
    for (const socket of silent) socket.destroy();
    running = await start(settings);
  });

  test('a second server on the same port says that it is taken', async () => {
    const port = new URL(running.url).port;
    const second = await createApp(
      { ...settings, api: { ...settings.api, port: Number(port) } },
      createLog(settings),
    );
    await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.close();
  });

  test('every door answers on the one port', async () => {
    const answers = await Promise.all(
      ['/api/health', '/graphql/schema.graphql', '/docs'].map(async (path) => {
        const response = await fetch(running.url + path);
        return [path, response.status, response.headers.get('content-type')?.split(';')[0]];
      }),
    );
    expect(answers).toEqual([
      ['/api/health', 200, 'application/json'],
      ['/graphql/schema.graphql', 200, 'text/plain'],
      ['/docs', 200, 'text/html'],
    ]);
  });
});

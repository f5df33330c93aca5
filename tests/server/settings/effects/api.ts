import { WebSocket } from 'ws';

import { freePort } from '../../cli/command-line.ts';
import type { Effect, Variables } from './effect.ts';
import { type CallOptions, type ObservedApp, observe } from './observed-app.ts';

const GET = {};

const headerOf = (path: string, name: string, init: CallOptions) => (env: Variables) =>
  observe(env, async ({ call }) => (await call(path, undefined, init)).headers.get(name));

const statusOf = (path: string, init: CallOptions, body?: unknown) => (env: Variables) =>
  observe(env, async ({ call }) => (await call(path, body, init)).status);

/** What a page of another origin is told when it asks beforehand. */
const preflight = (name: string) =>
  headerOf('/api/flows/filter', name, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://pages.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-own',
    },
  });

const countFlows = async ({ call }: ObservedApp): Promise<number> => {
  for (const name of ['a', 'b', 'c']) await call('/api/flows/', { name });
  // The answer is the list of them.
  return ((await call('/api/flows/filter', {})).body as readonly unknown[]).length;
};

const tokenSeconds = (env: Variables): Promise<number> =>
  observe({ PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED: 'true', ...env }, async ({ call }) => {
    const { body } = await call('/api/csrf-token?client=c');
    // The answer to such a call has an end.
    const { expiration } = body as { readonly expiration: string };
    return Math.round((Date.parse(expiration) - Date.now()) / 60_000) * 60;
  });

/** Waits for something to happen to a socket that is open; gives whether that takes a second. */
const takesASecond =
  (event: 'ping' | 'close', options: { readonly autoPong: boolean }) =>
  (env: Variables): Promise<boolean> =>
    observe(env, async ({ url }) => {
      const socket = new WebSocket(
        `${url.replace('http', 'ws')}/api/events/in`,
        'prefect',
        options,
      );
      await new Promise((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
      });
      const started = performance.now();
      await new Promise((resolve) => socket.once(event, resolve));
      socket.terminate();
      return performance.now() - started >= 950;
    });

const uiSetting = (name: string) => (env: Variables) =>
  observe(env, async ({ call }) => {
    // The answer is an object of these settings.
    const { body } = await call('/ui-settings');
    return (body as Readonly<Record<string, unknown>>)[name];
  });

const [port, otherPort] = [await freePort(), await freePort()];

/** What the server listens on and how it answers. */
export const apiEffects: readonly Effect[] = [
  {
    variable: 'PREFECT_SERVER_API_AUTH_STRING',
    shows: 'whether a call without the pair is answered',
    observe: statusOf('/api/version', GET),
    cases: [
      [null, 200],
      ['admin:pw', 401],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_HOST',
    shows: 'the address that it listens on',
    observe: (env) => observe(env, ({ url }) => new URL(url).hostname),
    cases: [
      [null, '127.0.0.1'],
      ['127.0.0.2', '127.0.0.2'],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_PORT',
    shows: 'the port that it listens on',
    observe: (env) => observe(env, ({ url }) => new URL(url).port),
    cases: [
      [String(port), String(port)],
      [String(otherPort), String(otherPort)],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_BASE_PATH',
    shows: 'whether the REST door is under that path',
    observe: (env) =>
      observe(env, async ({ call }) => (await call('/flows-api/admin/version')).body === '3.9.1'),
    cases: [
      [null, false],
      ['/flows-api', true],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_DEFAULT_LIMIT',
    shows: 'how many of three flows are listed',
    observe: (env) => observe(env, countFlows),
    cases: [
      [null, 3],
      ['2', 2],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_KEEPALIVE_TIMEOUT',
    shows: 'how long connections are promised to be kept',
    observe: headerOf('/api/health', 'keep-alive', GET),
    cases: [
      [null, 'timeout=5'],
      ['60', 'timeout=60'],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED',
    shows: 'whether a change without a token is taken',
    observe: statusOf('/api/flows/', GET, { name: 'f' }),
    cases: [
      [null, 201],
      ['true', 403],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_CSRF_TOKEN_EXPIRATION',
    shows: 'the seconds for which a token is good',
    observe: tokenSeconds,
    cases: [
      [null, 3600],
      ['PT10M', 600],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS',
    shows: 'the origins that are let in',
    observe: preflight('access-control-allow-origin'),
    cases: [
      [null, '*'],
      ['https://pages.example', 'https://pages.example'],
      ['https://other.example', null],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_CORS_ALLOWED_METHODS',
    shows: 'the methods that are let in',
    observe: preflight('access-control-allow-methods'),
    cases: [
      [null, 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY'],
      ['GET, POST', 'GET, POST'],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_CORS_ALLOWED_HEADERS',
    shows: 'the headers that are let in',
    observe: preflight('access-control-allow-headers'),
    cases: [
      [null, 'x-own'],
      ['x-own', 'Accept, Accept-Language, Content-Language, Content-Type, x-own'],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_WEBSOCKET_PING_INTERVAL',
    shows: 'whether the first ping comes after a second',
    observe: takesASecond('ping', { autoPong: true }),
    cases: [
      ['0.02', false],
      ['1', true],
    ],
  },
  {
    variable: 'PREFECT_SERVER_API_WEBSOCKET_PING_TIMEOUT',
    shows: 'whether a socket without an answer is kept for a second',
    observe: (env) =>
      takesASecond('close', { autoPong: false })({
        PREFECT_SERVER_API_WEBSOCKET_PING_INTERVAL: '0.02',
        ...env,
      }),
    cases: [
      ['0.02', false],
      ['1', true],
    ],
  },
  {
    variable: 'PREFECT_SERVER_UI_ENABLED',
    shows: 'whether there is nothing but the doors',
    observe: (env) =>
      observe(env, async ({ call }) =>
        JSON.stringify((await call('/')).body).startsWith('{"detail":'),
      ),
    cases: [
      [null, false],
      ['false', true],
    ],
  },
  {
    variable: 'PREFECT_SERVER_UI_SERVE_BASE',
    shows: 'whether the data of pages under that path is beside them',
    observe: (env) =>
      observe(env, async ({ url }) => {
        const response = await fetch(new URL('/tools/api/admin/version', url));
        return (await response.text()) === '"3.9.1"';
      }),
    cases: [
      [null, false],
      ['/tools', true],
    ],
  },
  {
    variable: 'PREFECT_SERVER_UI_V2_ENABLED',
    shows: "which of Prefect's pages are told to come first",
    observe: uiSetting('default_ui'),
    cases: [
      [null, 'v2'],
      ['false', 'v1'],
    ],
  },
  {
    variable: 'PREFECT_SERVER_UI_API_URL',
    shows: "which address of the REST door Prefect's pages are told",
    observe: uiSetting('api_url'),
    cases: [
      ['https://flows.example/api', 'https://flows.example/api'],
      ['https://other.example/api', 'https://other.example/api'],
    ],
  },
];

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { vi } from 'vitest';

import { showStatus } from '#server/cli/status.ts';
import { createLog } from '#server/log.ts';
import { readSettings } from '#server/settings.ts';

import type { Effect, Variables } from './effect.ts';
import { type ObservedApp, observe } from './observed-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'prefect-server-effects-general-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const statusOf = (path: string, body?: unknown) => (env: Variables) =>
  observe(env, async ({ call }) => (await call(path, body)).status);

const writtenLevels = (env: Variables): readonly string[] => {
  const lines: string[] = [];
  const log = createLog(readSettings(env), {
    write: (line) => void lines.push(JSON.parse(line).level),
  });
  for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) log[level]('said');
  return lines;
};

const idOf = async (
  { call }: ObservedApp,
  path: string,
  body: object,
): Promise<{ readonly id: string }> =>
  // What was made is answered with its id.
  (await call(path, body)).body as { readonly id: string };

/** Keeps a secret with one key and reads it with the one in the environment. */
const readSecret = async (env: Variables): Promise<unknown> => {
  const home = { PREFECT_HOME: join(folder, crypto.randomUUID()) };
  const ownKey = { PREFECT_SERVER_ENCRYPTION_KEY: KEY };
  const id = await observe({ ...home, ...ownKey }, async (observed) => {
    const type = await idOf(observed, '/api/block_types/', { name: 'kept', slug: 'kept' });
    const fields = { title: 'kept', type: 'object', properties: {}, secret_fields: ['word'] };
    const schema = await idOf(observed, '/api/block_schemas/', { block_type_id: type.id, fields });
    const document = await idOf(observed, '/api/block_documents/', {
      name: 'one',
      data: { word: 'hush' },
      block_type_id: type.id,
      block_schema_id: schema.id,
    });
    return document.id;
  });
  return observe({ ...home, ...env }, async ({ call }) => {
    const { body } = await call(`/api/block_documents/${id}?include_secrets=true`);
    return JSON.stringify(body).includes('hush');
  });
};

const KEY = Buffer.alloc(32, 1).toString('base64url') + '=';
const OTHER_KEY = Buffer.alloc(32, 2).toString('base64url') + '=';

const errorsOfBusyCalls = (env: Variables) => {
  const home = join(folder, crypto.randomUUID());
  const variables = { PREFECT_HOME: home, PREFECT_SERVER_DATABASE_TIMEOUT: '0.01' };
  return observe(
    { ...variables, PREFECT_SERVER_LOGGING_LEVEL: 'ERROR', ...env },
    async ({ call, lines }) => {
      const other = new DatabaseSync(join(home, 'prefect-server.db'));
      other.exec('BEGIN IMMEDIATE');
      const { status } = await call('/api/flows/', { name: 'f' });
      other.close();
      return { status, isLogged: lines.length > 0 };
    },
  );
};

const countBlockTypes = async ({ call }: ObservedApp): Promise<number> =>
  // The answer is the list of them.
  ((await call('/api/block_types/filter', {})).body as readonly unknown[]).length;

/** Whether a type that somebody has removed is there again after a second start. */
const comesBack = async (env: Variables): Promise<boolean> => {
  const variables = {
    PREFECT_HOME: join(folder, crypto.randomUUID()),
    PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'true',
    ...env,
  };
  const before = await observe(variables, async (observed) => {
    const { body } = await observed.call('/api/block_types/slug/slack-webhook');
    // The answer is the type.
    const { id } = body as { readonly id: string };
    await observed.call(`/api/block_types/${id}`, undefined, { method: 'DELETE' });
    return countBlockTypes(observed);
  });
  return (await observe(variables, countBlockTypes)) > before;
};

/** What `prefect server status` finds out about a server that asks for a pair. */
const clientStatus = (env: Variables): Promise<boolean> =>
  observe({ PREFECT_SERVER_API_AUTH_STRING: 'admin:pw' }, async ({ url }) => {
    const silence = vi.spyOn(console, 'log').mockReturnValue();
    const variables = Object.entries(env).map(([name, value]) => [name, value.replace('URL', url)]);
    const settings = readSettings({
      PREFECT_API_URL: `${url}/api`,
      PREFECT_API_AUTH_STRING: 'admin:pw',
      ...Object.fromEntries(variables),
    });
    const options = { isWaiting: false, timeoutSeconds: 0, isJson: true };
    await showStatus(settings, options);
    const [said] = silence.mock.calls[0] ?? [];
    silence.mockRestore();
    return (
      JSON.parse(String(said)).server_version !== null &&
      JSON.parse(String(said)).status === 'available'
    );
  });

/** What belongs to no part of the server. */
export const generalEffects: readonly Effect[] = [
  {
    variable: 'PREFECT_HOME',
    shows: 'which folder holds the data',
    observe: (env) =>
      observe(env, () =>
        ['one', 'two'].filter((name) => existsSync(join(folder, name, 'prefect-server.db'))),
      ),
    cases: [
      [join(folder, 'one'), ['one']],
      [join(folder, 'two'), ['one', 'two']],
    ],
  },
  {
    variable: 'PREFECT_SERVER_REPORTED_VERSION',
    shows: 'the version that clients are told',
    observe: (env) => observe(env, async ({ call }) => (await call('/api/admin/version')).body),
    cases: [
      [null, '3.9.1'],
      ['3.4.0', '3.4.0'],
    ],
  },
  {
    variable: 'PREFECT_SERVER_ENCRYPTION_KEY',
    shows: 'whether a secret that was kept with another key can be read',
    observe: readSecret,
    cases: [
      [KEY, true],
      [OTHER_KEY, false],
    ],
  },
  {
    variable: 'PREFECT_TESTING_TEST_MODE',
    shows: 'whether the process id is told',
    observe: statusOf('/api/pid'),
    cases: [
      [null, 404],
      ['true', 200],
    ],
  },
  {
    variable: 'PREFECT_TESTING_ENDPOINTS',
    shows: 'whether the server can be emptied',
    observe: statusOf('/api/_testing/reset', {}),
    cases: [
      [null, 404],
      ['true', 204],
    ],
  },
  {
    variable: 'PREFECT_SERVER_LOGGING_LEVEL',
    shows: 'what is written to the log',
    observe: writtenLevels,
    cases: [
      [null, ['warn', 'error', 'fatal']],
      ['DEBUG', ['debug', 'info', 'warn', 'error', 'fatal']],
      ['INFO', ['info', 'warn', 'error', 'fatal']],
      ['ERROR', ['error', 'fatal']],
      ['CRITICAL', ['fatal']],
    ],
  },
  {
    variable: 'PREFECT_SERVER_METRICS_ENABLED',
    shows: 'whether there are figures for Prometheus',
    observe: statusOf('/api/metrics'),
    cases: [
      [null, 404],
      ['true', 200],
    ],
  },
  {
    variable: 'PREFECT_SERVER_LOG_RETRYABLE_ERRORS',
    shows: 'whether a call that met a busy database is logged as an error',
    observe: errorsOfBusyCalls,
    cases: [
      [null, { status: 503, isLogged: false }],
      ['true', { status: 503, isLogged: true }],
    ],
  },
  {
    variable: 'PREFECT_SERVER_REGISTER_BLOCKS_ON_START',
    shows: 'whether a new database holds block types',
    observe: (env) => observe(env, async (observed) => (await countBlockTypes(observed)) > 0),
    cases: [
      ['true', true],
      ['false', false],
    ],
  },
  {
    variable: 'PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION',
    shows: 'whether a start brings back a block type that somebody has removed',
    observe: comesBack,
    cases: [
      [null, false],
      ['false', true],
    ],
  },
  {
    variable: 'PREFECT_API_URL',
    shows: 'which server is asked for its status',
    observe: clientStatus,
    cases: [
      ['URL/api', true],
      ['URL/nowhere', false],
    ],
  },
  {
    variable: 'PREFECT_API_AUTH_STRING',
    shows: 'whether a guarded server tells its version with the status',
    observe: clientStatus,
    cases: [
      ['admin:pw', true],
      ['admin:no', false],
    ],
  },
];

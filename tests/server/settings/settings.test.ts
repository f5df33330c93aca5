import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readEnvironment, readSettings, unknownVariables, withSettings } from '#server/settings.ts';

describe('a bad value is refused in one sentence that names it and what is allowed', () => {
  test.each([
    [
      { PREFECT_SERVER_API_PORT: 'http' },
      'PREFECT_SERVER_API_PORT is "http", but it must be a whole number from 0 to 65535.',
    ],
    [{ PREFECT_SERVER_API_PORT: '70000' }, 'from 0 to 65535'],
    [{ PREFECT_SERVER_API_DEFAULT_LIMIT: '1.5' }, 'PREFECT_SERVER_API_DEFAULT_LIMIT is "1.5"'],
    [{ PREFECT_API_DEFAULT_LIMIT: 'x' }, 'PREFECT_API_DEFAULT_LIMIT is "x"'],
    [{ PREFECT_UI_ENABLED: 'maybe' }, 'it must be true or false'],
    [{ PREFECT_SERVER_LOGGING_LEVEL: 'loud' }, 'one of DEBUG, INFO, WARNING, ERROR, CRITICAL'],
    [{ PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION: '29' }, 'from 30 to 3600'],
    [{ PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD: 'PT1H' }, 'above 3600'],
    [
      { PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED: 'events,logs' },
      'a list of events, flow_runs and orphans',
    ],
    [{ PREFECT_SERVER_SERVICES_DB_VACUUM_EVENT_RETENTION_OVERRIDES: '[1]' }, 'a JSON object'],
    [
      { PREFECT_SERVER_DATABASE_CONNECTION_URL: 'mysql://host/name' },
      'names mysql, which is not supported',
    ],
    [{ PREFECT_SERVER_DATABASE_CONNECTION_URL: 'prefect.db' }, 'is no database address'],
    [{ PREFECT_SERVER_DATABASE_CONNECTION_URL: 'postgresql://host' }, 'names no database'],
    [
      { PREFECT_SERVER_DATABASE_CONNECTION_URL: 'sqlite://host/file.db' },
      'names a host for SQLite',
    ],
    [
      { PREFECT_SERVER_DATABASE_DRIVER: 'postgresql+asyncpg' },
      'PREFECT_SERVER_DATABASE_HOST, PREFECT_SERVER_DATABASE_USER',
    ],
  ])('%j', (env, message) => {
    expect(() => readSettings(env)).toThrowError(
      expect.objectContaining({ code: 'INVALID', message: expect.stringContaining(message) }),
    );
  });

  test('a refused password is not repeated', () => {
    const read = (): unknown =>
      readSettings({ PREFECT_SERVER_DATABASE_CONNECTION_URL: 'oracle://a:hush@host/name' });
    expect(read).toThrowError(
      expect.not.objectContaining({ message: expect.stringContaining('hush') }),
    );
  });
});

describe('values', () => {
  test('an empty environment gives usable settings', () => {
    const settings = readSettings({});
    expect(settings.api).toMatchObject({ host: '127.0.0.1', port: 4200, defaultLimit: 200 });
    expect(settings.home).toBe(join(homedir(), '.prefect'));
    expect(settings.prefectVersion).toBe('3.9.1');
    expect(settings.serverVersion).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('the present name of a setting wins over its older one', () => {
    const older = { PREFECT_API_DEFAULT_LIMIT: '10' };
    expect(readSettings(older).api.defaultLimit).toBe(10);
    expect(
      readSettings({ ...older, PREFECT_SERVER_API_DEFAULT_LIMIT: '20' }).api.defaultLimit,
    ).toBe(20);
  });

  test('an empty variable leaves the default, except for a text', () => {
    const settings = readSettings({
      PREFECT_SERVER_API_PORT: '',
      PREFECT_SERVER_API_AUTH_STRING: '',
      PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS: '',
    });
    expect(settings.api).toMatchObject({ port: 4200, authString: null, corsAllowedOrigins: '' });
  });

  test('spans are read in seconds, in ISO 8601 and as a clock', () => {
    const after = (value: string): number =>
      readSettings({ PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS: value }).services.lateRuns
        .afterSeconds;
    expect([after('15'), after('PT1M'), after('00:02:00')]).toEqual([15, 60, 120]);
  });

  test.each([
    ['', ['events']],
    ['false', ['events']],
    ['true', ['events', 'flow_runs', 'orphans']],
    ['none', []],
    ['flow_runs', ['flow_runs', 'orphans']],
    ['["events", "orphans"]', ['events', 'orphans']],
  ])('the vacuum takes %j for %j', (value, parts) => {
    expect(
      readSettings({ PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED: value }).services.vacuum.parts,
    ).toEqual(parts);
  });

  test('a home folder may begin with the tilde', () => {
    expect(readSettings({ PREFECT_HOME: '~/elsewhere' }).home).toBe(join(homedir(), 'elsewhere'));
  });
});

describe('the database', () => {
  const targetOf = (url: string): unknown =>
    readSettings({ PREFECT_SERVER_DATABASE_CONNECTION_URL: url }).database.target;

  test("without a word it is a file of our own name, not Prefect's", () => {
    expect(readSettings({ PREFECT_HOME: '/data' }).database.target).toEqual({
      kind: 'sqlite',
      path: '/data/prefect-server.db',
    });
  });

  test.each([
    ['sqlite+aiosqlite:////data/file.db', '/data/file.db'],
    ['sqlite:////data/a%20file.db?timeout=5', '/data/a file.db'],
    ['sqlite+aiosqlite:///relative.db', join(process.cwd(), 'relative.db')],
    ['sqlite+aiosqlite:///:memory:', ':memory:'],
    ['sqlite+aiosqlite://', ':memory:'],
    ['sqlite+aiosqlite:///file::memory:?cache=shared&uri=true', ':memory:'],
  ])('%s is the file %s', (url, path) => {
    expect(targetOf(url)).toEqual({ kind: 'sqlite', path });
  });

  test.each([
    ['postgresql+asyncpg://user:p%40ss@host:5433/name', 'postgresql://user:p%40ss@host:5433/name'],
    ['postgres://host/name', 'postgresql://host/name'],
    [
      'postgresql+asyncpg://host/name?ssl=require',
      'postgresql://host/name?sslmode=require&uselibpqcompat=true',
    ],
  ])('%s is PostgreSQL at %s', (url, expected) => {
    expect(targetOf(url)).toEqual({ kind: 'postgresql', url: expected });
  });

  test('an address may refer to the password', () => {
    const { target } = readSettings({
      PREFECT_API_DATABASE_CONNECTION_URL:
        'postgresql+asyncpg://user:${PREFECT_API_DATABASE_PASSWORD}@host/name',
      PREFECT_API_DATABASE_PASSWORD: 'a$b@c',
    }).database;
    expect(target).toEqual({ kind: 'postgresql', url: 'postgresql://user:a%24b%40c@host/name' });
  });

  test('encryption and the search path are part of the address that is connected to', () => {
    const args = 'PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS';
    const { target } = readSettings({
      PREFECT_SERVER_DATABASE_CONNECTION_URL: 'postgresql+asyncpg://host/name',
      [`${args}_TLS_ENABLED`]: 'true',
      [`${args}_TLS_CA_FILE`]: '/ca.pem',
      [`${args}_TLS_CHECK_HOSTNAME`]: 'false',
      [`${args}_SEARCH_PATH`]: 'flows, public',
    }).database;
    const url = new URL(target.kind === 'postgresql' ? target.url : '');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      uselibpqcompat: 'true',
      sslmode: 'verify-ca',
      sslrootcert: '/ca.pem',
      options: '-c search_path=flows,public',
    });
  });

  test('an unchecked host needs certificates to check against', () => {
    const args = 'PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS';
    const env = {
      PREFECT_SERVER_DATABASE_CONNECTION_URL: 'postgresql://host/name',
      [`${args}_TLS_ENABLED`]: 'true',
      [`${args}_TLS_CHECK_HOSTNAME`]: 'false',
    };
    expect(() => readSettings(env)).toThrow('TLS_CA_FILE');
  });

  test('an address may be given in parts', () => {
    const parts = {
      DRIVER: 'postgresql+asyncpg',
      HOST: 'host',
      USER: 'user',
      NAME: 'name',
      PASSWORD: 'a/b',
    };
    const env = Object.fromEntries(
      Object.entries(parts).map(([part, value]) => [`PREFECT_SERVER_DATABASE_${part}`, value]),
    );
    expect(readSettings(env).database.target).toEqual({
      kind: 'postgresql',
      url: 'postgresql://user:a%2Fb@host:5432/name',
    });
  });
});

describe('a .env file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prefect-server-env-'));
  beforeAll(() =>
    writeFileSync(join(folder, '.env'), 'PREFECT_SERVER_API_PORT=4321\nPATH=nowhere\n'),
  );
  afterAll(() => rmSync(folder, { recursive: true }));

  test('completes the environment, which wins', () => {
    const env = readEnvironment(folder);
    expect(env['PREFECT_SERVER_API_PORT']).toBe('4321');
    expect(env['PATH']).not.toBe('nowhere');
  });

  test('may be absent', () => {
    expect(readEnvironment(join(folder, 'absent'))['PATH']).toBe(process.env['PATH']);
  });
});

test('settings are replaced at any depth, and what is undefined stays', () => {
  const settings = withSettings(readSettings({}), {
    api: { port: 0, host: undefined },
    services: { vacuum: { parts: [] } },
  });
  expect(settings.api).toMatchObject({ port: 0, host: '127.0.0.1', defaultLimit: 200 });
  expect(settings.services.vacuum).toMatchObject({ parts: [], batchSize: 200 });
});

test('variables that are spelled like a setting and are none are found', () => {
  const env = { PREFECT_SERVER_API_PROT: '1', PREFECT_SERVER_API_PORT: '1', PREFECT_API_KEY: 'x' };
  expect(unknownVariables(env)).toEqual(['PREFECT_SERVER_API_PROT']);
});

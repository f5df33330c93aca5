import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, describe, expect, test } from 'vitest';

import { createMachine } from './command-line.ts';

const machine = createMachine();
afterAll(() => machine.remove());

/** One line that holds the given words, exit code 1, nothing on the standard output, no stack. */
const refusal = (...words: readonly string[]) => ({
  code: 1,
  out: '',
  err: expect.stringMatching(new RegExp(`^(?=.*${words.join(')(?=.*')})[^\\n]+\\n$`)),
});

const occupy = (): Promise<{ readonly server: Server; readonly port: number }> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });

const startArgs = ['server', 'start', '--port', '0', '--no-ui'];

describe('a bad command line is refused in one line', () => {
  test.each([
    [
      ['server', 'start', '--no-ui', '--port', 'abc'],
      ['--port', 'abc', 'from 0 to 65535'],
    ],
    [
      ['server', 'start', '--no-ui', '--prot', '1'],
      ['--prot', 'Did you mean --port'],
    ],
    [
      ['server', 'start', '--no-ui', '--log-level', 'loud'],
      ['loud', 'DEBUG, INFO'],
    ],
    [
      ['server', 'start', '--no-ui', '--workers', '4'],
      ['--workers', 'PostgreSQL'],
    ],
    [
      ['server', 'stat'],
      ["command 'stat'", 'prefect server --help'],
    ],
    [
      ['flow-run', 'ls'],
      ["command 'flow-run'", 'pip install prefect'],
    ],
    [
      ['server', 'status', '--output', 'xml'],
      ['xml', 'json'],
    ],
    [
      ['server', 'status', '--timeout', 'soon'],
      ['soon', 'seconds'],
    ],
    [['server', 'status'], ['PREFECT_API_URL']],
    [
      ['server', 'sart'],
      ["command 'sart'", 'Did you mean start\\?\\)\\. `prefect'],
    ],
    [
      ['server', 'database', 'import', '/nowhere/prefect.db'],
      ['/nowhere/prefect.db', 'cannot be read'],
    ],
    [['server', 'database', 'reset'], ['--yes']],
    [['server', 'start', '--no-ui', '--background', '--port', '0'], ['--port']],
  ])('%j', async (args, words) => {
    expect(await machine.run(args)).toMatchObject(refusal(...words));
  });
});

describe('a bad setting is refused in one line', () => {
  test('from the environment', async () => {
    const result = await machine.run(startArgs, { PREFECT_SERVER_API_DEFAULT_LIMIT: 'many' });
    expect(result).toMatchObject(
      refusal('PREFECT_SERVER_API_DEFAULT_LIMIT', 'many', 'whole number'),
    );
  });

  test('from a .env file', async () => {
    const own = createMachine();
    writeFileSync(join(own.home, '.env'), 'PREFECT_SERVER_UI_ENABLED=perhaps\n');
    expect(await own.run(startArgs)).toMatchObject(refusal('PREFECT_SERVER_UI_ENABLED', 'perhaps'));
    own.remove();
  });
});

test('a home that cannot be made is refused at once', async () => {
  const result = await machine.run(startArgs, { PREFECT_HOME: '/proc/nope' });
  expect(result).toMatchObject(refusal('/proc/nope', 'PREFECT_HOME'));
});

test('a taken port is refused with the way out', async () => {
  const { server, port } = await occupy();
  const result = await machine.run(['server', 'start', '--no-ui', '--port', String(port)]);
  expect(result).toMatchObject(refusal(`Port ${port}`, 'taken', '--port'));
  server.close();
});

test('an address that is not of this machine is refused', async () => {
  const result = await machine.run([
    'server',
    'start',
    '--no-ui',
    '--port',
    '1',
    '--host',
    '192.0.2.1',
  ]);
  expect(result).toMatchObject(refusal('192.0.2.1', '--host'));
});

test('a folder that cannot be written to is refused', async () => {
  const file = join(machine.home, 'file');
  writeFileSync(file, '');
  const result = await machine.run(startArgs, { PREFECT_HOME: join(file, 'home') });
  expect(result).toMatchObject(refusal('cannot be opened', 'PREFECT_HOME'));
});

test('PostgreSQL that does not answer is refused without its password', async () => {
  const env = {
    PREFECT_SERVER_DATABASE_CONNECTION_URL: 'postgresql+asyncpg://me:hush@127.0.0.1:1/flows',
  };
  const result = await machine.run(startArgs, env);
  expect(result).toMatchObject(
    refusal('127.0.0.1:1/flows', 'PREFECT_SERVER_DATABASE_CONNECTION_URL'),
  );
  expect(result.err).not.toContain('hush');
});

describe('a database that is not ours to write', () => {
  const urlOf = (path: string) => ({
    PREFECT_SERVER_DATABASE_CONNECTION_URL: `sqlite+aiosqlite:///${path}`,
  });

  test('a file that is no database is refused and left alone', async () => {
    const path = join(machine.home, 'letter.db');
    writeFileSync(path, 'Dear reader, this is a letter and no database.');
    expect(await machine.run(startArgs, urlOf(path))).toMatchObject(
      refusal('letter.db', 'not a database'),
    );
    expect(readFileSync(path, 'utf8')).toContain('Dear reader');
  });

  test.each([
    [startArgs],
    [['server', 'database', 'upgrade']],
    [['server', 'database', 'reset', '--yes']],
  ])(
    "a database of Prefect's own server is refused and not changed by a byte: %j",
    async (args) => {
      const folder = join(machine.home, 'foreign');
      mkdirSync(folder, { recursive: true });
      const path = join(folder, 'prefect.db');
      const database = new DatabaseSync(path);
      database.exec(
        'CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT); CREATE TABLE IF NOT EXISTS flow (id TEXT)',
      );
      database.close();
      const before = readFileSync(path);
      expect(await machine.run(args, urlOf(path))).toMatchObject(refusal("Prefect's own server"));
      expect(readFileSync(path).equals(before)).toBe(true);
    },
  );

  test('a newer database is refused', async () => {
    const path = join(machine.home, 'newer.db');
    const upgraded = await machine.run(['server', 'database', 'upgrade'], urlOf(path));
    expect(upgraded).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('newer.db is up to date'),
    });
    const newer = join(machine.home, 'newest.db');
    copyFileSync(path, newer);
    const database = new DatabaseSync(newer);
    database.exec("INSERT INTO _migration VALUES ('9999_future', 'x', 'now')");
    database.close();
    expect(await machine.run(startArgs, urlOf(newer))).toMatchObject(
      refusal('newer than this server', '9999_future'),
    );
  });
});

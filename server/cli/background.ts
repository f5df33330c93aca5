import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { makeFolder } from '../make-folder.ts';
import type { Settings } from '../settings.ts';
import { CommandFailure, pathFailure } from './failure.ts';
import { readHealth } from './health.ts';
import { readRunningPid, removePid, writePid } from './pid-file.ts';
import { requireFreePort } from './port.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'scripts', 'prefect.mjs');

// A terminal waits this long for another process, so the waits are of no concern to the server's own timers.
const POLL_MILLIS = 100;
const START_MILLIS = 60_000;
const STOP_MILLIS = 30_000;

const openOutput = (home: string): { readonly file: number; readonly path: string } => {
  const path = join(home, 'server.log');
  try {
    makeFolder(home);
    return { file: openSync(path, 'a'), path };
  } catch (error) {
    throw pathFailure('Writing', {
      path,
      error,
      cure: 'Give a folder that can be written to in PREFECT_HOME.',
    });
  }
};

const lastLine = (path: string): string =>
  readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? '';

const localApiUrl = ({ api }: Settings): string => {
  const host = api.host === '0.0.0.0' || api.host === '::' ? 'localhost' : api.host;
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${api.port}${api.basePath ?? '/api'}`;
};

const waitUntilHealthy = async (settings: Settings, child: ChildProcess): Promise<boolean> => {
  const deadline = performance.now() + START_MILLIS;
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
    if ((await readHealth(localApiUrl(settings), settings)) === null) return true;
    // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
    await delay(POLL_MILLIS);
  }
  return false;
};

/** Starts the server as a process of its own with the given arguments and waits until it answers. */
export const startInBackground = async (
  settings: Settings,
  args: readonly string[],
): Promise<void> => {
  if (settings.api.port === 0) {
    throw new CommandFailure(
      '--background needs a port by which the server can be found: give one with --port.',
    );
  }
  await requireFreePort(settings);
  const output = openOutput(settings.home);
  const child = spawn(
    process.execPath,
    [...process.execArgv, PROGRAM, 'server', 'start', ...args],
    {
      detached: true,
      stdio: ['ignore', output.file, output.file],
    },
  );
  closeSync(output.file);
  if (child.pid === undefined)
    throw new CommandFailure('The server could not be started in the background.');
  writePid(settings.home, child.pid);
  if (!(await waitUntilHealthy(settings, child))) {
    child.kill('SIGKILL');
    removePid(settings.home);
    throw new CommandFailure(
      `${lastLine(output.path)} (The server did not start; its output is in ${output.path}.)`,
    );
  }
  child.unref();
  console.log(
    `The server runs in the background at ${localApiUrl(settings)}; its output is in ${output.path}.`,
  );
  console.log('Stop it with `prefect server stop`.');
};

/** Stops the server that runs in the background and waits for its end. */
export const stopInBackground = async ({ home }: Settings): Promise<void> => {
  const pid = readRunningPid(home);
  if (pid === null) {
    removePid(home);
    console.log('No server running in the background.');
    return;
  }
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + STOP_MILLIS;
  while (readRunningPid(home) !== null) {
    if (performance.now() > deadline) {
      throw new CommandFailure(
        `The server (process ${pid}) has not stopped within 30 seconds; \`kill -9 ${pid}\` ends it.`,
      );
    }
    // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
    await delay(POLL_MILLIS);
  }
  removePid(home);
  console.log('Server stopped!');
};

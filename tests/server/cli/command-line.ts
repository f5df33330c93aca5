import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '../../../scripts/prefect.mjs');

interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Waits until the standard output holds a text; fails when the program ends before. */
  waitFor(text: string): Promise<void>;
}

/** A machine of its own for the command line: a home folder and the environment that goes with it. */
export interface Machine {
  readonly home: string;
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Running;
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Finished>;
  remove(): void;
}

// What the developer's own shell says about Prefect is none of the tests' business.
const plainEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PREFECT_')));

/** The first start after a change of the sources says what it prepares; that is not what is tested here. */
const withoutProgress = (err: string): string => err.replaceAll(/^.*…\n/gm, '');

const start = (
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Running => {
  const child = spawn(process.execPath, [BIN, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    text.out += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.err += chunk.toString();
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, out: text.out, err: withoutProgress(text.err) }));
  });
  const waitFor = (wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (text.out.includes(wanted)) resolve();
      };
      listeners.add(look);
      look();
      child.once('close', () =>
        reject(new Error(`ended without ${wanted}: ${text.out}${text.err}`)),
      );
    });
  return { child, finished, waitFor };
};

export const createMachine = (): Machine => {
  const home = mkdtempSync(join(tmpdir(), 'prefect-server-cli-'));
  const optionsWith = (env: NodeJS.ProcessEnv) => ({
    cwd: home,
    env: { ...plainEnv(), PREFECT_HOME: home, ...env },
  });
  return {
    home,
    start: (args, env = {}) => start(args, optionsWith(env)),
    run: (args, env = {}) => start(args, optionsWith(env)).finished,
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
};

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

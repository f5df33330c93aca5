import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServerProcess {
  readonly url: string;
  readonly home: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to the first answer of `/api/health`. */
  readonly readyAfterMillis: number;
  /** Everything that the process printed so far. */
  readonly log: () => string;
  /** Ends the process and waits until it is gone; SIGTERM unless told otherwise. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

export interface StartServer {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A new temporary folder, removed on stop, unless given. */
  readonly home?: string;
  /** A free port unless given. */
  readonly port?: number;
  readonly readyWithinSeconds?: number;
}

const running = new Map<number, ChildProcess>();

/** The real server starts a child, so signals go to the whole group. */
const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
};

const killAll = (): void => {
  for (const pid of running.keys()) signalGroup(pid, 'SIGKILL');
};

// A test file that dies, or is ended from outside, must not leave a server behind.
process.on('exit', killAll);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killAll();
    // Without this handler any more, the signal does what it always does.
    process.kill(process.pid, signal);
  });
}

/** Process ids of the servers that were started and not stopped. */
export const serversLeftRunning = (): readonly number[] => [...running.keys()];

/** A port of the loopback interface that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
};

/** The environment without the settings of the caller's own Prefect. */
const cleanEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PREFECT_')));

const isHealthy = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(2000) });
    return answer.ok;
  } catch {
    return false;
  }
};

const untilHealthy = async (
  child: ChildProcess,
  wait: { readonly url: string; readonly seconds: number; readonly log: () => string },
): Promise<void> => {
  const end = performance.now() + wait.seconds * 1000;
  while (performance.now() < end) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the server ended at its start:\n${wait.log()}`);
    }
    if (await isHealthy(wait.url)) return;
    await pause(25);
  }
  throw new Error(`no answer from ${wait.url} within ${wait.seconds} s:\n${wait.log()}`);
};

const collectOutput = (child: ChildProcess): (() => string) => {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
};

const stopper =
  (child: ChildProcess, pid: number) =>
  async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      signalGroup(pid, signal);
      const patience = new AbortController();
      const tooLong = pause(15_000, 'late', { signal: patience.signal }).catch(() => 'ended');
      if ((await Promise.race([ended, tooLong])) === 'late') {
        signalGroup(pid, 'SIGKILL');
        await ended;
      }
      patience.abort();
    }
    signalGroup(pid, 'SIGKILL');
    running.delete(pid);
  };

/** Starts a server on the loopback interface and waits for its first `/api/health`. */
export const startServerProcess = async (options: StartServer): Promise<ServerProcess> => {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'prefect-home-'));
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const [program = '', ...rest] = options.command;
  const startedAt = performance.now();
  const child = spawn(program, rest, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...cleanEnvironment(),
      PREFECT_HOME: home,
      PREFECT_SERVER_API_HOST: '127.0.0.1',
      PREFECT_SERVER_API_PORT: String(port),
      PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
      ...options.env,
    },
  });
  const log = collectOutput(child);
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  const { pid } = child;
  if (pid === undefined) return failed;
  failed.catch(() => undefined);
  running.set(pid, child);
  const end = stopper(child, pid);
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await end(signal);
    if (options.home === undefined) rmSync(home, { recursive: true, force: true });
  };
  try {
    await untilHealthy(child, { url, seconds: options.readyWithinSeconds ?? 60, log });
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return { url, home, pid, readyAfterMillis: performance.now() - startedAt, log, stop };
};

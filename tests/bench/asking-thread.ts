/**
 * Two callers in a thread of their own: beside a busy server in the same one, each step of a request would wait for the
 * server's turn, on both sides of the connection. They ask the address that is handed in with two milliseconds between
 * the answers, until any message comes; then the thread sends the milliseconds that each answer took, and ends.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread sends when it ends. */
export interface Asked {
  readonly latencies: readonly number[];
  /** Connections that the server closed while they were asked: a slow machine is too late for those kept open. */
  readonly broken: number;
}

// Whoever starts the thread hands in the address.
const url = workerData as string;
const latencies: number[] = [];
let broken = 0;
let isOver = false;

const askOnce = async (): Promise<void> => {
  const started = performance.now();
  try {
    await (await fetch(url)).text();
  } catch {
    broken += 1;
  }
  latencies.push(performance.now() - started);
};

const ask = async (): Promise<void> => {
  while (!isOver) {
    await askOnce();
    await pause(2);
  }
};

parentPort?.once('message', () => (isOver = true));
await Promise.all([ask(), ask()]);
const asked: Asked = { latencies, broken };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
parentPort?.postMessage(asked);

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { ServerError } from '#server/errors.ts';
import { withMarkedNumbers } from '#server/lossless-json.ts';

import { translateSqliteError } from './errors.ts';
import type { ReaderAnswer, ReaderQuestion } from './reader-thread.ts';

const PROGRAM = join(import.meta.dirname, 'reader-thread.ts');

/** Reads beyond this many in the queue are refused with UNAVAILABLE. */
const MAX_QUEUED = 200;

interface Job {
  readonly question: ReaderQuestion;
  readonly resolve: (rows: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface ReadersOptions {
  readonly path: string;
  readonly threads: number;
  /** How long one read may take; after that it is refused with UNAVAILABLE and its thread given up. */
  readonly maxMillis: number;
}

/** Threads with connections of their own for reads that would hold up everybody else. They start when needed. */
export class SqliteReaders {
  readonly #options: ReadersOptions;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  #queue: Job[] = [];

  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  read(question: ReaderQuestion): Promise<readonly unknown[]> {
    if (this.#queue.length >= MAX_QUEUED)
      return Promise.reject(new ServerError('UNAVAILABLE', 'Too many long reads are waiting.'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ question, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    const waiting = this.#queue;
    this.#queue = [];
    for (const job of waiting)
      job.reject(new ServerError('UNAVAILABLE', 'The server is shutting down.'));
    await Promise.all([...this.#all].map((thread) => thread.terminate()));
  }

  #next(): void {
    const [job] = this.#queue;
    if (job === undefined) return;
    const thread = this.#idle.pop() ?? this.#start();
    if (thread === null) return;
    this.#queue.shift();
    this.#run(thread, job);
  }

  #start(): Worker | null {
    if (this.#all.size >= this.#options.threads) return null;
    const thread = new Worker(PROGRAM, { workerData: this.#options.path });
    // A thread without work does not keep a stopped server alive.
    thread.unref();
    this.#all.add(thread);
    return thread;
  }

  #run(thread: Worker, { question, resolve, reject }: Job): void {
    const late = AbortSignal.timeout(this.#options.maxMillis);
    const done = (): void => {
      thread.off('message', onMessage);
      thread.off('error', onLost);
      thread.off('exit', onExit);
      late.removeEventListener('abort', onLate);
      thread.unref();
    };
    const lose = (reason: unknown): void => {
      done();
      this.#all.delete(thread);
      void thread.terminate();
      reject(reason);
      this.#next();
    };
    const onMessage = (answer: ReaderAnswer): void => {
      done();
      this.#idle.push(thread);
      if ('rows' in answer) {
        if (answer.hasMarks) withMarkedNumbers(answer.rows);
        resolve(answer.rows);
      } else {
        const refusal = Object.assign(new Error(answer.message), { errcode: answer.errcode });
        reject(translateSqliteError(refusal));
      }
      this.#next();
    };
    const onLost = (error: unknown): void => lose(error);
    const onExit = (): void => lose(new ServerError('UNAVAILABLE', 'A reading thread ended.'));
    const onLate = (): void =>
      lose(new ServerError('UNAVAILABLE', 'The read took longer than the database timeout.'));
    thread.on('message', onMessage);
    thread.on('error', onLost);
    thread.on('exit', onExit);
    late.addEventListener('abort', onLate);
    thread.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    thread.postMessage(question);
  }
}

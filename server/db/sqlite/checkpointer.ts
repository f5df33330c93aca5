import { join } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

import type { SqliteConnection } from './connection.ts';

const PROGRAM = join(import.meta.dirname, 'checkpoint-thread.ts');

/** Pages (16 MB) that are worth a copy: one that changes again and again is copied once for all of its changes. */
const ENOUGH_PAGES = 4000;
/** So many commits write some hundred pages, and a look costs 2 us. */
const COMMITS_BETWEEN_LOOKS = 16;

/**
 * Has the write-ahead log copied into the database by a thread, which starts when there is enough to copy. Done at the
 * end of a commit, as SQLite does by itself, the copy and its wait for the disk would hold up all requests.
 */
export class SqliteCheckpointer {
  readonly #path: string;
  readonly #look: StatementSync;
  #thread: Worker | null = null;
  #isCopying = false;
  #commits = 0;

  constructor(connection: SqliteConnection, path: string) {
    this.#path = path;
    this.#look = connection.database.prepare('PRAGMA wal_checkpoint(NOOP)');
  }

  /** To be called after each commit. */
  noteCommit(): void {
    this.#commits += 1;
    if (this.#isCopying || this.#commits < COMMITS_BETWEEN_LOOKS) return;
    this.#commits = 0;
    const { log, checkpointed } = this.#look.get() ?? {};
    if (Number(log) - Number(checkpointed) < ENOUGH_PAGES) return;
    this.#isCopying = true;
    this.#thread ??= this.#start();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    this.#thread.postMessage('copy');
  }

  async close(): Promise<void> {
    this.#isCopying = true;
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(PROGRAM, { workerData: this.#path });
    // A thread without work does not keep a stopped server alive.
    thread.unref();
    thread.on('message', () => (this.#isCopying = false));
    // A thread that failed is not tried again: from some size of the log on its writer copies it (see SqliteConnection).
    thread.on('error', () => undefined);
    return thread;
  }
}

import { setTimeout as delay } from 'node:timers/promises';

import { ServerError } from '#server/errors.ts';

import type { Announcement, Script } from '../script.ts';
import type { SqliteConnection } from './connection.ts';
import { isBusy, translateSqliteError } from './errors.ts';
import { runScript } from './run-script.ts';

interface Job {
  readonly script: () => Script<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Outcome {
  readonly job: Job;
  readonly value: unknown;
  /** Why the job left nothing behind; null when it was done. */
  readonly failure: Error | null;
}

/** A flush gives way to requests after this long, so that a burst of events does not hold up a state change. */
const FLUSH_MILLIS = 10;
const BUSY_RETRY_MILLIS = 20;

/**
 * The one writer: scripts of the same turn of the event loop share a commit, all but the first within a savepoint of
 * their own. Measured at 16 scripts a commit: less than half the CPU of one commit each (tests/bench).
 */
export class SqliteWriter {
  readonly #connection: SqliteConnection;
  readonly #maxWaitMillis: number;
  readonly #maxQueued: number;
  readonly #committed: (announcements: readonly Announcement[]) => void;
  #queue: Job[] = [];
  #isArmed = false;
  #busySince: number | null = null;

  constructor(
    connection: SqliteConnection,
    options: {
      readonly maxWaitMillis: number;
      readonly maxQueued: number;
      readonly onCommit: (announcements: readonly Announcement[]) => void;
    },
  ) {
    this.#connection = connection;
    this.#maxWaitMillis = options.maxWaitMillis;
    this.#maxQueued = options.maxQueued;
    this.#committed = options.onCommit;
  }

  write<T>(script: () => Script<T>): Promise<T> {
    if (this.#queue.length >= this.#maxQueued) {
      return Promise.reject(new ServerError('UNAVAILABLE', 'Too many writes are waiting.'));
    }
    return new Promise<T>((resolve, reject) => {
      // The promise is of the script's own type: what `runScript` returns for it is what it resolves to.
      this.#queue.push({ script, resolve: resolve as (value: unknown) => void, reject });
      this.#arm();
    });
  }

  /** Refuses what is still waiting: called once nobody may write any more. */
  stop(): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const job of waiting)
      job.reject(new ServerError('UNAVAILABLE', 'The server is shutting down.'));
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isArmed = false;
    if (this.#queue.length === 0 || !this.#begin()) return;
    const announcements: Announcement[] = [];
    const outcomes = this.#runJobs(announcements);
    const refusal = this.#commit(outcomes);
    for (const { job, value, failure } of outcomes) {
      const reason = failure ?? refusal;
      if (reason === null) job.resolve(value);
      else job.reject(reason);
    }
    if (refusal === null) this.#committed(announcements);
    if (this.#queue.length > 0) this.#arm();
  }

  /** Commits what the jobs did and gives null, or the reason why nothing of it was kept. */
  #commit(outcomes: readonly Outcome[]): Error | null {
    // The last job rolled everything back, or met what did, such as a full disk.
    if (!this.#connection.database.isTransaction) {
      const failure = outcomes.at(-1)?.failure;
      if (failure !== undefined && failure !== null) return failure;
    }
    try {
      this.#connection.command('COMMIT');
      return null;
    } catch (error) {
      this.#rollBack();
      return translateSqliteError(error);
    }
  }

  /** Takes the write lock; when another process holds it, tries again later and in the end refuses all who wait. */
  #begin(): boolean {
    try {
      this.#connection.command('BEGIN IMMEDIATE');
      this.#busySince = null;
      return true;
    } catch (error) {
      const now = performance.now();
      this.#busySince ??= now;
      if (isBusy(error) && now - this.#busySince < this.#maxWaitMillis) {
        this.#isArmed = true;
        void delay(BUSY_RETRY_MILLIS).then(() => this.#flush());
        return false;
      }
      this.#busySince = null;
      const waiting = this.#queue;
      this.#queue = [];
      for (const job of waiting) job.reject(translateSqliteError(error));
      return false;
    }
  }

  #runJobs(announcements: Announcement[]): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    const deadline = performance.now() + FLUSH_MILLIS;
    let taken = 0;
    for (const job of this.#queue) {
      taken += 1;
      const isFirst = taken === 1;
      outcomes.push(
        isFirst ? this.#runFirst(job, announcements) : this.#runNext(job, announcements),
      );
      // A first job that failed, or a full disk, rolled the whole transaction back: nothing more may run in this one.
      if (performance.now() > deadline || !this.#connection.database.isTransaction) break;
    }
    this.#queue = this.#queue.slice(taken);
    return outcomes;
  }

  /**
   * Runs a job that nothing came before, so that undoing it undoes nothing else. Under a savepoint SQLite walks at each
   * statement through what it may have to undo of the earlier ones: 500 inserts take four times as long there.
   */
  #runFirst(job: Job, announcements: Announcement[]): Outcome {
    try {
      return {
        job,
        value: runScript(this.#connection, job.script(), announcements),
        failure: null,
      };
    } catch (error) {
      this.#rollBack();
      announcements.length = 0;
      return { job, value: null, failure: translateSqliteError(error) };
    }
  }

  #runNext(job: Job, announcements: Announcement[]): Outcome {
    const own: Announcement[] = [];
    try {
      this.#connection.command('SAVEPOINT job');
      const value = runScript(this.#connection, job.script(), own);
      this.#connection.command('RELEASE job');
      announcements.push(...own);
      return { job, value, failure: null };
    } catch (error) {
      this.#undoJob();
      return { job, value: null, failure: translateSqliteError(error) };
    }
  }

  #undoJob(): void {
    // A full disk may have rolled back the whole transaction already.
    if (!this.#connection.database.isTransaction) return;
    this.#connection.command('ROLLBACK TO job');
    this.#connection.command('RELEASE job');
  }

  #rollBack(): void {
    if (this.#connection.database.isTransaction) this.#connection.command('ROLLBACK');
  }
}

import type { ClientBase, QueryArrayResult } from 'pg';

import { camelCase } from '../camel-case.ts';
import type { Announcement, Script } from '../script.ts';
import type { Query, SqlValue } from '../statement.ts';

/** Sends one statement and gives its rows in camelCase; whoever it is sent through decides about the transaction. */
export type Send = (query: Query<unknown>) => Promise<readonly unknown[]>;

const NO_ROWS: readonly unknown[] = [];

const toRows = (result: QueryArrayResult<unknown[]>): readonly unknown[] => {
  const names = result.fields.map((field) => camelCase(field.name));
  return result.rows.map((values) => {
    const row: Record<string, unknown> = {};
    for (const [index, name] of names.entries()) row[name] = values[index];
    return row;
  });
};

/** A sender over anything of the driver that runs queries: a connection or a pool of them. */
export const sender =
  (client: Pick<ClientBase, 'query'>): Send =>
  async (query) => {
    const result = await client.query<unknown[], SqlValue[]>({
      text: query.sql('postgresql'),
      values: [...query.parameters],
      rowMode: 'array',
      ...(query.name === undefined ? {} : { name: query.name }),
    });
    return toRows(result);
  };

/** Runs a script that only reads: each statement on whatever connection is free. */
export const runReads = async <T>(send: Send, script: Script<T>): Promise<T> => {
  let turn = script.next(NO_ROWS);
  while (turn.done !== true) {
    const step = turn.value;
    // oxlint-disable-next-line no-await-in-loop -- the next step depends on this one's rows
    turn = script.next(step.kind === 'announce' ? NO_ROWS : await send(step.query));
  }
  return turn.value;
};

const LOCKS = /\bFOR\s+(NO\s+KEY\s+)?(UPDATE|SHARE|KEY)\b/i;

/** Whether a statement reads and keeps nothing: PostgreSQL gives each its own view of the data, in a transaction or not. */
const isPlainRead = (query: Query<unknown>): boolean => {
  const text = query.sql('postgresql');
  return /^\s*SELECT\b/i.test(text) && !LOCKS.test(text);
};

/** One transaction that begins when it must: reads before it, or a single write, are whole by themselves. */
class LazyTransaction {
  readonly #client: ClientBase;
  readonly #send: Send;
  readonly #sent: Promise<unknown>[] = [];
  #held: Query<unknown> | null = null;
  #isOpen = false;

  constructor(client: ClientBase) {
    this.#client = client;
    this.#send = sender(client);
  }

  read(query: Query<unknown>): Promise<readonly unknown[]> {
    if (!this.#isOpen && (this.#held !== null || !isPlainRead(query))) this.#open();
    return this.#track(this.#send(query));
  }

  /** Sends a write without waiting for it; the first one is held back, for it may remain the only one. */
  write(query: Query<unknown>): void {
    if (!this.#isOpen && this.#held === null) {
      this.#held = query;
      return;
    }
    this.#open();
    void this.#track(this.#send(query));
  }

  async commit(): Promise<void> {
    if (this.#isOpen) void this.#track(this.#client.query('COMMIT'));
    else this.#release();
    await firstFailure(this.#sent);
  }

  async rollBack(): Promise<void> {
    if (this.#isOpen) void this.#track(this.#client.query('ROLLBACK'));
    await firstFailure(this.#sent);
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    void this.#track(this.#client.query('BEGIN'));
    this.#release();
  }

  #release(): void {
    if (this.#held !== null) void this.#track(this.#send(this.#held));
    this.#held = null;
  }

  #track<R>(promise: Promise<R>): Promise<R> {
    this.#sent.push(promise);
    // Its failure is read when all have settled; until then it must not count as unhandled.
    promise.catch(() => undefined);
    return promise;
  }
}

/**
 * Runs a script in a transaction on one pipelined connection: only steps that want rows are waited for, so that
 * a script of one read and many writes costs two round trips, BEGIN and COMMIT included.
 */
export const runTransaction = async <T>(
  client: ClientBase,
  script: Script<T>,
  announcements: Announcement[],
): Promise<T> => {
  const transaction = new LazyTransaction(client);
  try {
    let turn = script.next(NO_ROWS);
    while (turn.done !== true) {
      const step = turn.value;
      let rows = NO_ROWS;
      if (step.kind === 'announce') announcements.push(step.announcement);
      else if (step.kind === 'run') transaction.write(step.query);
      // oxlint-disable-next-line no-await-in-loop -- the next step depends on this one's rows
      else rows = await transaction.read(step.query);
      turn = script.next(rows);
    }
    await transaction.commit();
    return turn.value;
  } catch (error) {
    await transaction.rollBack();
    throw error;
  }
};

/** Waits for all and throws the first failure: those after it only say that the transaction is broken. */
const firstFailure = async (sent: readonly Promise<unknown>[]): Promise<void> => {
  const results = await Promise.allSettled(sent);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};

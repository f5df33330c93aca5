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

/**
 * Runs a script in a transaction on one pipelined connection: only steps that want rows are waited for, so that
 * a script of one read and many writes costs two round trips, BEGIN and COMMIT included.
 */
export const runTransaction = async <T>(
  client: ClientBase,
  script: Script<T>,
  announcements: Announcement[],
): Promise<T> => {
  const send = sender(client);
  const sent: Promise<unknown>[] = [];
  const track = <R>(promise: Promise<R>): Promise<R> => {
    sent.push(promise);
    // Its failure is read when all have settled; until then it must not count as unhandled.
    promise.catch(() => undefined);
    return promise;
  };
  try {
    void track(client.query('BEGIN'));
    let turn = script.next(NO_ROWS);
    while (turn.done !== true) {
      const step = turn.value;
      if (step.kind === 'announce') announcements.push(step.announcement);
      const rows = step.kind === 'announce' ? undefined : track(send(step.query));
      // oxlint-disable-next-line no-await-in-loop -- the next step depends on this one's rows
      turn = script.next(step.kind === 'rows' && rows !== undefined ? await rows : NO_ROWS);
    }
    void track(client.query('COMMIT'));
    await firstFailure(sent);
    return turn.value;
  } catch (error) {
    void track(client.query('ROLLBACK'));
    await firstFailure(sent);
    throw error;
  }
};

/** Waits for all and throws the first failure: those after it only say that the transaction is broken. */
const firstFailure = async (sent: readonly Promise<unknown>[]): Promise<void> => {
  const results = await Promise.allSettled(sent);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};

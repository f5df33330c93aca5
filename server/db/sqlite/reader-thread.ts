// A thread that reads: it has a connection of its own and answers one query after the other.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import { toError } from '#server/errors.ts';
import { markNumbers } from '#server/lossless-json.ts';

import type { SqlValue } from '../statement.ts';
import { SqliteConnection } from './connection.ts';

/** What the thread is asked. */
export interface ReaderQuestion {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/**
 * What it answers: rows, or the words and the number of SQLite's refusal. Numbers that keep their spelling do not travel
 * between threads, so they are sent marked.
 */
export type ReaderAnswer =
  | { readonly rows: readonly unknown[]; readonly hasMarks: boolean }
  | { readonly message: string; readonly errcode: number | null };

let hasMarks = false;

const readMarked = (text: string): unknown => {
  const marked = markNumbers(text);
  hasMarks ||= marked !== text;
  return JSON.parse(marked);
};

const answer = (connection: SqliteConnection, question: ReaderQuestion): ReaderAnswer => {
  const { sql, parameters } = question;
  try {
    hasMarks = false;
    const rows = connection.rows({ sql: () => sql, name: undefined, parameters });
    return { rows, hasMarks };
  } catch (thrown) {
    const error = toError(thrown);
    const errcode = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;
    return { message: error.message, errcode };
  }
};

const serve = (port: MessagePort, path: string): void => {
  const connection = new SqliteConnection(path, {
    isReadOnly: true,
    isDurable: false,
    readJson: readMarked,
  });
  // Each commit makes this connection forget what it had read, so it reads the system's own copy of the file in place.
  connection.database.exec('PRAGMA mmap_size = 2147418112');
  port.on('message', (question: ReaderQuestion) => port.postMessage(answer(connection, question)));
};

if (parentPort !== null) serve(parentPort, String(workerData));

import type { DatabaseSync } from 'node:sqlite';

import { PrismaClient } from '#prisma/client/sqlite/client.ts';

import { createBuilder } from '../builder.ts';
import type { Database } from '../database.ts';
import { SQLITE } from '../dialect.ts';
import type { StatementListener } from '../echo.ts';
import { exactJsonAdapter } from '../exact-json-adapter.ts';
import { type Announcement, rows } from '../script.ts';
import { ALL_SETTLED } from '../settled.ts';
import type { Query } from '../statement.ts';
import { SqliteCheckpointer } from './checkpointer.ts';
import { SqliteConnection } from './connection.ts';
import { translateSqliteError } from './errors.ts';
import { sqlitePrismaAdapter } from './prisma-adapter.ts';
import { SqliteReaders } from './readers.ts';
import { runScript } from './run-script.ts';
import { SqliteWriter } from './writer.ts';

/** Requests beyond this many in the queue are refused with UNAVAILABLE instead of growing the process. */
const MAX_QUEUED_WRITES = 20_000;

/** Below this size no read takes long enough to be worth a thread, which costs ten megabytes. */
const LARGE_BYTES = 256 * 1024 * 1024;
const READER_THREADS = 2;

export interface SqliteOptions {
  readonly path: string;
  /** How long a write waits for another process that holds the database. */
  readonly maxWaitMillis: number;
  /** Whether each commit is flushed to the disk before it is acknowledged (survives a power cut, not only a crash). */
  readonly isDurable: boolean;
  /** Hears the statements of GraphQL's reads. */
  readonly onStatement?: StatementListener | undefined;
  /** From which size of the file on long reads are done aside; absent: 256 MB. */
  readonly largeBytes?: number;
}

export interface SqliteDatabase extends Database {
  /** The connection itself, for migrations of a database in memory, which nobody else can reach. */
  readonly sqlite: DatabaseSync;
}

const byteCounter = (database: DatabaseSync): (() => number) => {
  const size = database.prepare(
    'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()',
  );
  return () => Number(size.get()?.['bytes']);
};

/**
 * Opens a SQLite file, or a database in memory (`:memory:`), with one connection for reads and writes: a commit runs
 * from BEGIN to COMMIT without a pause, so a read never meets half of one.
 */
export const openSqlite = (options: SqliteOptions): SqliteDatabase => {
  const { isDurable, path } = options;
  const connection = new SqliteConnection(path, { isReadOnly: false, isDurable });
  const isInMemory = path === ':memory:';
  const checkpointer = isInMemory ? null : new SqliteCheckpointer(connection, path);
  const listeners: ((announcements: readonly Announcement[]) => void)[] = [];
  const writer = new SqliteWriter(connection, {
    maxWaitMillis: options.maxWaitMillis,
    maxQueued: MAX_QUEUED_WRITES,
    onCommit: (announcements) => {
      checkpointer?.noteCommit();
      if (announcements.length === 0) return;
      for (const listener of listeners) listener(announcements);
    },
  });
  const adapter = exactJsonAdapter(sqlitePrismaAdapter(connection), options);
  const prisma = new PrismaClient({ adapter });
  const readers = new SqliteReaders({
    path,
    threads: READER_THREADS,
    maxMillis: Math.max(1000, options.maxWaitMillis),
  });
  const bytes = byteCounter(connection.database);
  const isLarge = (): boolean => !isInMemory && bytes() >= (options.largeBytes ?? LARGE_BYTES);
  return {
    dialect: SQLITE,
    builder: createBuilder('sqlite'),
    prisma,
    sqlite: connection.database,
    write: (script) => writer.write(script),
    read: async (script) => {
      try {
        return runScript(connection, script(), []);
      } catch (error) {
        throw translateSqliteError(error);
      }
    },
    readAside: async <Row>(query: Query<Row>) => {
      if (isLarge()) {
        const { parameters } = query;
        const found = await readers.read({ sql: query.sql('sqlite'), parameters });
        // The thread answers with the rows of its query, whose type the query names.
        return found as readonly Row[];
      }
      try {
        return runScript(connection, rows(query), []);
      } catch (error) {
        throw translateSqliteError(error);
      }
    },
    settled: async () => ALL_SETTLED,
    onCommit: (listener) => void listeners.push(listener),
    close: async () => {
      writer.stop();
      await Promise.all([readers.close(), checkpointer?.close()]);
      await prisma.$disconnect();
      connection.close();
    },
  };
};

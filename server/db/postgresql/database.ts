import { setTimeout as delay } from 'node:timers/promises';

import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

import { PrismaClient as PostgresqlClient } from '#prisma/client/postgresql/client.ts';
import type { PrismaClient } from '#prisma/client/sqlite/client.ts';
import { ServerError, toError } from '#server/errors.ts';
import { parseJson } from '#server/lossless-json.ts';

import { createBuilder } from '../builder.ts';
import type { Database } from '../database.ts';
import { POSTGRESQL } from '../dialect.ts';
import type { StatementListener } from '../echo.ts';
import { exactJsonAdapter } from '../exact-json-adapter.ts';
import { type Announcement, type Script, one, rows } from '../script.ts';
import {
  type JournalLook,
  lookAtJournals,
  lookAtWritersOfJournals,
} from '../sql/look-at-journals.ts';
import type { Query } from '../statement.ts';
import { isLostRace, translatePostgresqlError, translatePrismaError } from './errors.ts';
import { GatheringSocket } from './gathering-socket.ts';
import { runReads, runTransaction, sender } from './run-script.ts';
import { SettledNumbers } from './settled-numbers.ts';

const MAX_ATTEMPTS = 5;
/** How long a transaction may wait for its process: less than it takes until the services have a new leader. */
const MAX_IDLE_MILLIS = 8000;
/** How much longer than a statement may take its answer is waited for, in which others of the same connection come first. */
const MAX_SILENCE_MILLIS = 20_000;
/** After how long on an idle connection its other end is asked whether it is still there. */
const KEEP_ALIVE_MILLIS = 10_000;
const INT8 = 20;
const JSONB = 3802;

const parseInt8 = (text: string): number => Number(text);

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format) => {
    if (oid === JSONB) return parseJson;
    // 64-bit integers hold instants and counts, which a JavaScript number carries exactly. The library types the
    // number of a type as an enum of its own, although it may be any.
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
    return oid === INT8 ? parseInt8 : pg.types.getTypeParser(oid, format);
  },
};

export interface PostgresqlOptions {
  readonly url: string;
  /** How many connections are kept while they are idle, and how many there may be. */
  readonly pool: { readonly kept: number; readonly most: number };
  /** How long a caller waits for a connection to get free. */
  readonly poolTimeoutMillis: number;
  /** The age at which a connection is replaced; zero for never. */
  readonly recycleSeconds: number;
  readonly connectTimeoutMillis: number;
  readonly statementTimeoutMillis: number;
  readonly applicationName: string;
  readonly onLostConnection: (error: Error) => void;
  /** Hears the statements of GraphQL's reads. */
  readonly onStatement?: StatementListener | undefined;
}

type Write = Database['write'];

/** Runs scripts in transactions of their own; one that lost a race is run again, from its beginning. */
const createWrite = (
  pool: pg.Pool,
  onCommit: (announcements: readonly Announcement[]) => void,
): Write => {
  const attempt = async <T>(script: () => Script<T>): Promise<T> => {
    const announcements: Announcement[] = [];
    const connected = await pool.connect();
    try {
      const result = await runTransaction(connected, script(), announcements);
      connected.release();
      if (announcements.length > 0) onCommit(announcements);
      return result;
    } catch (error) {
      // A refusal or a failed statement leaves a clean connection; after anything else the pool makes a new one.
      connected.release(
        error instanceof ServerError || error instanceof pg.DatabaseError
          ? undefined
          : toError(error),
      );
      throw error;
    }
  };

  return async (script) => {
    for (let tries = 1; ; tries += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- a retry follows the failure
        return await attempt(script);
      } catch (error) {
        if (!isLostRace(error) || tries >= MAX_ATTEMPTS) throw translatePostgresqlError(error);
        // oxlint-disable-next-line no-await-in-loop -- spread out those who raced
        await delay(Math.random() * 10 * tries);
      }
    }
  };
};

/** What both pools have in common. */
const poolOf = (options: PostgresqlOptions) => ({
  connectionString: options.url,
  maxLifetimeSeconds: options.recycleSeconds,
  statement_timeout: options.statementTimeoutMillis,
  // The database ends a statement that takes too long, unless what lies between has dropped the connection silently.
  query_timeout:
    options.statementTimeoutMillis === 0 ? 0 : options.statementTimeoutMillis + MAX_SILENCE_MILLIS,
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MILLIS,
  // A process that is stopped in the middle of a transaction must not keep rows locked for the others.
  idle_in_transaction_session_timeout: MAX_IDLE_MILLIS,
  application_name: options.applicationName,
  // Compiling a statement takes longer than any of ours runs, and is done because of costs that are guessed too high.
  options: '-c jit=off',
  connectionTimeoutMillis: Math.max(options.poolTimeoutMillis, 1),
  // The pool knows one bound for two waits: its own is for a connection to get free, that of a connection for the server.
  Client: class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, connectionTimeoutMillis: options.connectTimeoutMillis });
    }
  },
});

/** The pool of pipelined connections. */
const openPool = (options: PostgresqlOptions): pg.Pool => {
  const pool = new pg.Pool({
    ...poolOf(options),
    min: options.pool.kept,
    max: options.pool.most,
    pipeline: true,
    types,
    stream: () => new GatheringSocket(),
  });
  // A connection that breaks is replaced by the pool, and whoever used it hears of it from its own statement. Without
  // listeners, for the time in use and for the time between, the break would end the process.
  pool.on('connect', (connected) => {
    connected.once('error', options.onLostConnection);
    connected.on('error', () => undefined);
  });
  pool.on('error', () => undefined);
  return pool;
};

/** Opens PostgreSQL: writes and reads share one pool of pipelined connections, GraphQL's reads have a small one. */
export const openPostgresql = (options: PostgresqlOptions): Database => {
  const pool = openPool(options);
  // The adapter makes its pool itself: it takes none that comes from another copy of the driver, as a bundle has one.
  const adapter = new PrismaPg(
    {
      ...poolOf(options),
      max: Math.max(2, Math.ceil(options.pool.most / 2)),
    },
    { onPoolError: options.onLostConnection, onConnectionError: options.onLostConnection },
  );
  const client = new PostgresqlClient({
    adapter: exactJsonAdapter(adapter, {
      onStatement: options.onStatement,
      translate: translatePrismaError,
    }),
  });
  const listeners: ((announcements: readonly Announcement[]) => void)[] = [];

  const write = createWrite(pool, (announcements) => {
    for (const listener of listeners) listener(announcements);
  });

  const read: Database['read'] = async (script) => {
    try {
      return await runReads(sender(pool), script());
    } catch (error) {
      throw translatePostgresqlError(error);
    }
  };
  const look = async (query: Query<JournalLook>): Promise<JournalLook> => {
    const seen = await read(() => one(query));
    if (seen === null) throw new Error('A statement without a table gave no row.');
    return seen;
  };
  const settled = new SettledNumbers({
    quick: () => look(lookAtJournals()),
    close: () => look(lookAtWritersOfJournals()),
  });

  return {
    dialect: POSTGRESQL,
    builder: createBuilder('postgresql'),
    // Both clients are generated from one model and differ only in what SQLite cannot do, which nobody uses.
    prisma: client as unknown as PrismaClient,
    write,
    read,
    readAside: (query) => read(() => rows(query)),
    settled: () => settled.read(),
    onCommit: (listener) => void listeners.push(listener),
    close: async () => {
      await client.$disconnect();
      await pool.end();
    },
  };
};

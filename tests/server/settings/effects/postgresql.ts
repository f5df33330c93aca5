import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { toError } from '#server/errors.ts';
import { createPostgresqlDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

import type { Effect, Variables } from './effect.ts';
import { type ObservedApp, observe } from './observed-app.ts';

const DATABASE = 'PREFECT_SERVER_DATABASE_';
const ALCHEMY = `${DATABASE}SQLALCHEMY_`;

interface Looked {
  readonly observed: ObservedApp;
  /** Somebody else who is connected to the same database. */
  readonly other: pg.Client;
}

interface Wanted<T> {
  readonly env: Variables;
  readonly before?: (other: pg.Client) => Promise<unknown>;
  readonly look: (looked: Looked) => Promise<T>;
}

/** Lets a server run over a database of PostgreSQL that is made for it. */
const onPostgresql = async <T>({ env, before, look }: Wanted<T>): Promise<T> => {
  const database = await createPostgresqlDatabase();
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    await before?.(other);
    const url = { [`${DATABASE}CONNECTION_URL`]: database.url };
    return await observe({ ...url, ...env }, (observed) => look({ observed, other }));
  } finally {
    await other.end();
    await database.drop();
  }
};

const firstOf = async (client: pg.Client, sql: string): Promise<unknown> => {
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  return rows[0]?.[0];
};

const SLEEPERS = `SELECT count(*)::int FROM pg_stat_activity
  WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND state = 'active'`;

const sleepFor = (seconds: number) =>
  statement<[], { readonly slept: string }>(`SELECT pg_sleep(${seconds}) AS slept`)();

const sleep = ({ db }: Context, seconds: number): Promise<unknown> =>
  db.read(() => one(sleepFor(seconds)));

/** How many of six statements run at once. */
const togetherOfSix = (env: Variables): Promise<number> =>
  onPostgresql({
    env,
    look: async ({ observed, other }) => {
      let isOver = false;
      const sleepers = Array.from({ length: 6 }, () => sleep(observed.app.ctx, 0.5));
      const all = Promise.all(sleepers).finally(() => {
        isOver = true;
      });
      let most = 0;
      while (!isOver) {
        most = Math.max(most, Number(await firstOf(other, SLEEPERS)));
        await delay(20);
      }
      await all;
      return most;
    },
  });

/** What becomes of a call that finds both connections taken for a second. */
const waitsForConnection = (env: Variables): Promise<string> =>
  onPostgresql({
    env: { [`${ALCHEMY}POOL_SIZE`]: '2', [`${ALCHEMY}MAX_OVERFLOW`]: '0', ...env },
    look: async ({ observed, other }) => {
      const { ctx } = observed.app;
      const taken = Promise.all([sleep(ctx, 1), sleep(ctx, 1)]);
      await waitFor(async () => (await firstOf(other, SLEEPERS)) === 2);
      const { status } = await observed.call('/api/flows/', { name: 'f' });
      const isLate = (await firstOf(other, SLEEPERS)) === 0;
      await taken;
      return `${status}${isLate ? ', after the others' : ''}`;
    },
  });

/** What becomes of a read of GraphQL that finds both of its own connections taken for two seconds. */
const readWaitsForConnection = (env: Variables): Promise<unknown> =>
  onPostgresql({
    env: { [`${ALCHEMY}POOL_SIZE`]: '2', [`${ALCHEMY}MAX_OVERFLOW`]: '0', ...env },
    look: async ({ observed, other }) => {
      await observed.call('/api/flows/', { name: 'f' });
      const { prisma } = observed.app.ctx.db;
      const taken = Promise.all([1, 2].map(() => prisma.$queryRaw`SELECT pg_sleep(2)::text`));
      await waitFor(async () => (await firstOf(other, SLEEPERS)) === 2);
      const answer = await observed
        .ask('{ flows { nodes { name } } }')
        .then(() => 'answered')
        .catch((error) => (/"code":"(\w+)"/.exec(toError(error).message) ?? [])[1]);
      await taken;
      return answer;
    },
  });

const readPid = statement<[], { readonly pid: number }>('SELECT pg_backend_pid() AS pid');

/** Whether another connection is used after two seconds. */
const isReplaced = (env: Variables): Promise<boolean> =>
  onPostgresql({
    env,
    look: async ({ observed: { app } }) => {
      const pid = async () => (await app.ctx.db.read(() => one(readPid())))?.pid;
      const first = await pid();
      const replaced = waitFor(async () => (await pid()) !== first, { withinMillis: 2000 });
      return replaced.catch(() => false);
    },
  });

/** What becomes of a server that starts while somebody holds the table of migrations. */
const startWhileHeld = async (env: Variables): Promise<string> => {
  const database = await createPostgresqlDatabase();
  const url = { [`${DATABASE}CONNECTION_URL`]: database.url };
  await observe(url, () => undefined);
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  const [table] = (
    await other.query<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE tablename LIKE '%migration%'",
    )
  ).rows;
  await other.query(`BEGIN; LOCK TABLE "${table?.tablename}" IN ACCESS EXCLUSIVE MODE`);
  const started = observe({ ...url, ...env }, () => 'started').catch(() => 'refused');
  const fate = await Promise.race([started, delay(1000, 'still waiting')]);
  await other.end();
  await started;
  await database.drop();
  return fate;
};

/** What PostgreSQL knows of the server's connections and tables. */
export const postgresqlEffects: readonly Effect[] = [
  {
    variable: `${ALCHEMY}CONNECT_ARGS_APPLICATION_NAME`,
    shows: 'the name of the connections',
    observe: (env) =>
      onPostgresql({
        env,
        look: ({ observed: { app } }) =>
          app.ctx.db
            .read(() => one(statement<[], { readonly name: string }>('SHOW application_name')()))
            .then((row) => Object.values(row ?? {})[0]),
      }),
    cases: [
      [null, 'prefect-server'],
      ['flows', 'flows'],
    ],
  },
  {
    variable: `${ALCHEMY}CONNECT_ARGS_SEARCH_PATH`,
    shows: 'the schema that holds the tables',
    observe: (env) =>
      onPostgresql({
        env,
        before: (other) => other.query('CREATE SCHEMA own'),
        look: ({ other }) =>
          firstOf(other, "SELECT schemaname FROM pg_tables WHERE tablename = 'flow_run'"),
      }),
    cases: [
      [null, 'public'],
      ['own', 'own'],
    ],
  },
  {
    variable: `${ALCHEMY}POOL_SIZE`,
    shows: 'how many of six statements run at once',
    observe: (env) => togetherOfSix({ [`${ALCHEMY}MAX_OVERFLOW`]: '0', ...env }),
    cases: [
      ['2', 2],
      ['4', 4],
    ],
  },
  {
    variable: `${ALCHEMY}MAX_OVERFLOW`,
    shows: 'how many of six statements run at once',
    observe: (env) => togetherOfSix({ [`${ALCHEMY}POOL_SIZE`]: '2', ...env }),
    cases: [
      ['1', 3],
      ['2', 4],
    ],
  },
  {
    variable: `${ALCHEMY}POOL_TIMEOUT`,
    shows: 'what becomes of a call that finds all connections taken',
    observe: waitsForConnection,
    cases: [
      [null, '201, after the others'],
      ['0.1', '503'],
    ],
  },
  {
    variable: `${ALCHEMY}POOL_TIMEOUT`,
    shows: 'what becomes of a read of GraphQL that finds its connections taken',
    observe: readWaitsForConnection,
    cases: [
      [null, 'answered'],
      ['0.5', 'UNAVAILABLE'],
    ],
  },
  {
    variable: `${ALCHEMY}POOL_RECYCLE`,
    shows: 'whether a connection is replaced by its age',
    observe: isReplaced,
    cases: [
      ['1', true],
      ['-1', false],
    ],
  },
  {
    variable: `${DATABASE}MIGRATION_TIMEOUT`,
    shows: 'what becomes of a start while the table of migrations is held',
    observe: startWhileHeld,
    cases: [
      [null, 'still waiting'],
      ['0.1', 'refused'],
    ],
  },
];

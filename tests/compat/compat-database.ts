import { randomBytes } from 'node:crypto';

import pg from 'pg';

import { startPostgresql } from '#tests/support/postgresql.ts';

/** The databases that the suites against a started server run on. */
export const COMPAT_DATABASES = ['sqlite', 'postgresql'] as const;

export type CompatDatabaseKind = (typeof COMPAT_DATABASES)[number];

/** An empty database for one started server; gone when it is disposed of. */
export interface CompatDatabase extends AsyncDisposable {
  /** Settings that make a server use it; none on SQLite, where it lies in the server's home. */
  readonly settings: Readonly<Record<string, string>>;
}

const onServer = async (adminUrl: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const emptyPostgresql = async (): Promise<CompatDatabase> => {
  const given = process.env['TEST_DATABASE_URL'];
  const own = given === undefined ? await startPostgresql() : null;
  const adminUrl = given ?? own?.url ?? '';
  const name = `compat_${randomBytes(6).toString('hex')}`;
  await onServer(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  // The spelling that users of Prefect have in their settings.
  url.protocol = 'postgresql+asyncpg:';
  return {
    settings: { PREFECT_SERVER_DATABASE_CONNECTION_URL: url.href },
    [Symbol.asyncDispose]: async () => {
      if (own === null) await onServer(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      else await own.stop();
    },
  };
};

/** An empty database of a kind; PostgreSQL is that of `TEST_DATABASE_URL`, or one of its own. */
export const compatDatabase = async (kind: CompatDatabaseKind): Promise<CompatDatabase> =>
  kind === 'sqlite'
    ? { settings: {}, [Symbol.asyncDispose]: () => Promise.resolve() }
    : await emptyPostgresql();

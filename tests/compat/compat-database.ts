import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

/** An empty database for one started server; gone when it is disposed of. */
export interface CompatDatabase extends AsyncDisposable {
  /** Settings that make a server use it; none on SQLite, where it lies in the server's home. */
  readonly settings: Readonly<Record<string, string>>;
}

const onServer = async (adminUrl: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const emptyPostgres = async (adminUrl: string): Promise<CompatDatabase> => {
  const name = `compat_${randomBytes(6).toString('hex')}`;
  await onServer(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  url.protocol = 'postgresql+asyncpg:';
  return {
    settings: { PREFECT_SERVER_DATABASE_CONNECTION_URL: url.href },
    [Symbol.asyncDispose]: () => onServer(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
};

/** The database that the environment asks for: `TEST_DATABASE=postgresql`, else SQLite. */
export const compatDatabase = async (): Promise<CompatDatabase> => {
  if (process.env['TEST_DATABASE'] !== 'postgresql') {
    return { settings: {}, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const adminUrl = process.env['TEST_DATABASE_URL'];
  if (adminUrl === undefined) throw new Error('TEST_DATABASE=postgresql needs TEST_DATABASE_URL');
  return emptyPostgres(adminUrl);
};

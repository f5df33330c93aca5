import pg from 'pg';

import type { AppliedMigration, MigrationTarget } from '../migrate.ts';
import { translatePostgresqlError } from './errors.ts';

// Any number does, as long as all processes of this server take the same one.
const LOCK = 7_736_333;

const hasTable = async (client: pg.Client, name: string): Promise<boolean> => {
  const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS present', [name]);
  return rows[0]?.present === true;
};

const ourTables = async (client: pg.Client): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(
    'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()',
  );
  return rows.map(({ name }) => name);
};

const inTransaction = async (client: pg.Client, work: () => Promise<void>): Promise<void> => {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
};

/** The migration runner's view of a PostgreSQL database. */
export const postgresqlMigrationTarget = async (
  url: string,
  options: { readonly connectTimeoutMillis: number; readonly statementTimeoutMillis: number },
): Promise<MigrationTarget> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: options.connectTimeoutMillis,
    statement_timeout: options.statementTimeoutMillis,
  });
  try {
    await client.connect();
  } catch (error) {
    throw translatePostgresqlError(error);
  }
  return {
    applied: async () => {
      if (!(await hasTable(client, '_migration'))) return [];
      const { rows } = await client.query<AppliedMigration>(
        'SELECT name, checksum FROM _migration ORDER BY name',
      );
      return rows;
    },
    isForeign: () => hasTable(client, 'alembic_version'),
    apply: ({ name, checksum, sql }) =>
      inTransaction(client, async () => {
        await client.query(
          'CREATE TABLE IF NOT EXISTS _migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied TIMESTAMPTZ NOT NULL)',
        );
        await client.query(sql);
        await client.query('INSERT INTO _migration VALUES ($1, $2, now())', [name, checksum]);
      }),
    drop: () =>
      inTransaction(client, async () => {
        const names = await ourTables(client);
        if (names.length > 0) {
          await client.query(
            `DROP TABLE ${names.map((name) => pg.escapeIdentifier(name)).join(', ')} CASCADE`,
          );
        }
      }),
    exclusively: async (work) => {
      await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
      try {
        return await work();
      } finally {
        await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
      }
    },
    close: () => client.end(),
  };
};

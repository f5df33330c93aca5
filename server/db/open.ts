import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { ServerError, toError } from '#server/errors.ts';
import type { Log } from '#server/log.ts';
import { makeFolder } from '#server/make-folder.ts';
import type { Settings } from '#server/settings.ts';

import type { Database } from './database.ts';
import { type StatementListener, echoing } from './echo.ts';
import { type MigrationTarget, foreignDatabase, requireUpToDate, upgrade } from './migrate.ts';
import { openSqlite } from './sqlite/database.ts';
import { isForeignFile, sqliteMigrationTarget } from './sqlite/migration-target.ts';

const millis = (seconds: number | null, absent: number): number =>
  Math.round((seconds ?? absent) * 1000);

const openSqliteFile = (path: string): DatabaseSync => {
  if (existsSync(path) && isForeignFile(path)) throw foreignDatabase();
  try {
    if (path !== ':memory:') makeFolder(dirname(path));
    return new DatabaseSync(path, { timeout: 10_000 });
  } catch (error) {
    throw new ServerError(
      'UNAVAILABLE',
      `The database file ${path} cannot be opened (${toError(error).message}). Check that its folder exists and may be written to, or set PREFECT_HOME.`,
      { cause: error },
    );
  }
};

const migrationTarget = async (settings: Settings): Promise<MigrationTarget> => {
  const { target, connectionTimeoutSeconds, migrationTimeoutSeconds } = settings.database;
  if (target.kind === 'sqlite') return sqliteMigrationTarget(openSqliteFile(target.path));
  const { postgresqlMigrationTarget } = await import('./postgresql/migration-target.ts');
  return postgresqlMigrationTarget(target.url, {
    connectTimeoutMillis: millis(connectionTimeoutSeconds, 5),
    statementTimeoutMillis: millis(migrationTimeoutSeconds, 0),
  });
};

const withTarget = async <T>(
  settings: Settings,
  work: (target: MigrationTarget) => Promise<T>,
): Promise<T> => {
  const target = await migrationTarget(settings);
  try {
    return await work(target);
  } finally {
    await target.close();
  }
};

/** Applies missing migrations and gives their names. Refused when the database is foreign, newer or not reachable. */
export const upgradeDatabase = (settings: Settings): Promise<readonly string[]> =>
  withTarget(settings, (target) => upgrade(target, settings.database.target.kind));

/** Removes all data and builds the tables anew. Refused for a database of Prefect's own server. */
export const resetDatabase = (settings: Settings): Promise<void> =>
  withTarget(settings, async (target) => {
    const { kind } = settings.database.target;
    if (await target.isForeign()) await requireUpToDate(target, kind);
    await target.drop();
    await upgrade(target, kind);
  });

/** Opens the database that the settings name, its tables up to date. */
export const openDatabase = async (settings: Settings, log: Log): Promise<Database> => {
  if (!settings.database.echo) return openQuietly(settings, log);
  // Who asks for statements wants to see them, whatever severity the log is for.
  const echo = log.child({}, { level: 'info' });
  const onStatement = (sql: string): void => echo.info(sql);
  return echoing(await openQuietly(settings, log, onStatement), onStatement);
};

const openQuietly = async (
  settings: Settings,
  log: Log,
  onStatement?: StatementListener,
): Promise<Database> => {
  const { target, timeoutSeconds, connectionTimeoutSeconds, pool, applicationName } =
    settings.database;
  if (target.kind === 'sqlite' && target.path === ':memory:') {
    return openMemoryDatabase(onStatement);
  }
  await withTarget(settings, async (migrations) => {
    if (!settings.database.migrateOnStart) return requireUpToDate(migrations, target.kind);
    for (const name of await upgrade(migrations, target.kind))
      log.info(`Applied migration ${name}.`);
  });
  if (target.kind === 'sqlite') {
    return openSqlite({
      path: target.path,
      maxWaitMillis: millis(timeoutSeconds, 60),
      isDurable: settings.database.sqliteSynchronous === 'FULL',
      onStatement,
    });
  }
  // A server on SQLite need not hold the other driver in memory.
  const { openPostgresql } = await import('./postgresql/database.ts');
  return openPostgresql({
    url: target.url,
    pool: { kept: pool.size, most: Math.max(2, pool.size + Math.max(0, pool.maxOverflow)) },
    poolTimeoutMillis: millis(pool.timeoutSeconds, 0),
    recycleSeconds: Math.max(0, pool.recycleSeconds),
    connectTimeoutMillis: millis(connectionTimeoutSeconds, 5),
    statementTimeoutMillis: millis(timeoutSeconds, 0),
    applicationName: applicationName ?? 'prefect-server',
    onStatement,
    onLostConnection: (error) =>
      log.warn(`A connection to the database was lost: ${error.message}`),
  });
};

/** A database that lives as long as the process. */
const openMemoryDatabase = async (
  onStatement: StatementListener | undefined,
): Promise<Database> => {
  const database = openSqlite({
    path: ':memory:',
    maxWaitMillis: 0,
    isDurable: false,
    onStatement,
  });
  await upgrade(sqliteMigrationTarget(database.sqlite), 'sqlite');
  return database;
};

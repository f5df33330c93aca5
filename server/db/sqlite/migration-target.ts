import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

import type { AppliedMigration, MigrationTarget } from '../migrate.ts';

const TABLE =
  'CREATE TABLE IF NOT EXISTS _migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied TEXT NOT NULL)';

const tableNames = (database: DatabaseSync): readonly string[] =>
  database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map((row) => String(row['name']));

/**
 * Whether a file holds the tables of Prefect's own server. It is opened so that nothing, not even a journal beside it,
 * is written; what is no database at all is left to those who open it in earnest.
 */
export const isForeignFile = (path: string): boolean => {
  const address = pathToFileURL(path);
  address.searchParams.set('immutable', '1');
  try {
    const database = new DatabaseSync(address, { readOnly: true });
    const isForeign = tableNames(database).includes('alembic_version');
    database.close();
    return isForeign;
  } catch {
    return false;
  }
};

/** The migration runner's view of a SQLite file. */
export const sqliteMigrationTarget = (database: DatabaseSync): MigrationTarget => ({
  applied: async () => {
    if (!tableNames(database).includes('_migration')) return [];
    return database
      .prepare('SELECT name, checksum FROM _migration ORDER BY name')
      .all()
      .map((row): AppliedMigration => ({
        name: String(row['name']),
        checksum: String(row['checksum']),
      }));
  },
  isForeign: async () => tableNames(database).includes('alembic_version'),
  apply: async ({ name, checksum, sql }) => {
    database.exec(TABLE);
    database.exec(sql);
    database.prepare("INSERT INTO _migration VALUES (?, ?, datetime('now'))").run(name, checksum);
  },
  drop: async () => {
    database.exec('PRAGMA foreign_keys = OFF');
    for (const name of tableNames(database)) database.exec(`DROP TABLE "${name}"`);
    database.exec('VACUUM');
  },
  exclusively: async (work) => {
    database.exec('PRAGMA foreign_keys = OFF; BEGIN EXCLUSIVE');
    try {
      const result = await work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  },
  close: async () => database.close(),
});

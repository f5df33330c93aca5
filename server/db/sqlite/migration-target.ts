import type { DatabaseSync } from 'node:sqlite';

import type { AppliedMigration, MigrationTarget } from '../migrate.ts';

const TABLE =
  'CREATE TABLE IF NOT EXISTS _migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied TEXT NOT NULL)';

const tableNames = (database: DatabaseSync): readonly string[] =>
  database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map((row) => String(row['name']));

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

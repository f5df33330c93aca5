import { DatabaseSync } from 'node:sqlite';

import type { Cells, ColumnKind, ImportSource } from './contract.ts';

// Fractions are cut off before the seconds are counted, because SQLite rounds them to milliseconds.
const MICROS = (column: string): string =>
  `CAST(strftime('%s', substr(${column}, 1, 19)) AS INTEGER) * 1000000 + CAST(substr(substr(${column}, 21, 6) || '000000', 1, 6) AS INTEGER)`;

const expression = (name: string, kind: ColumnKind): string =>
  kind === 'micros' ? MICROS(`"${name}"`) : `"${name}"`;

/** Opens a SQLite file of Prefect for reading; a server may be writing to it meanwhile. */
export const openSqliteSource = (path: string): ImportSource => {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  // All reads see one moment.
  database.exec('BEGIN; PRAGMA cache_size = -64000');
  return {
    address: `sqlite ${path}`,
    tables: async () =>
      database
        .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
        .all()
        .map((row) => String(row['name'])),
    columns: async (table) =>
      database
        .prepare(`PRAGMA table_info("${table}")`)
        .all()
        .map((row) => String(row['name'])),
    count: async (table) =>
      Number(database.prepare(`SELECT count(*) AS rows FROM "${table}"`).get()?.['rows']),
    page: async ({ table, columns }, after, limit) => {
      const list = columns.map(({ name, kind }) => expression(name, kind)).join(', ');
      const statement = database.prepare(
        `SELECT ${list} FROM "${table}" WHERE id > ? ORDER BY id LIMIT ?`,
      );
      statement.setReturnArrays(true);
      // With `setReturnArrays` a row is a list, which the library's types do not say.
      return statement.all(after, limit) as unknown as readonly Cells[];
    },
    close: async () => database.close(),
  };
};

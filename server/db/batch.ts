import { json } from '../json.ts';
import type { Dialect } from './dialect.ts';
import { type Script, run } from './script.ts';
import { type SqlValue, statement } from './statement.ts';

export type BatchType = 'TEXT' | 'BIGINT' | 'INTEGER' | 'DOUBLE PRECISION' | 'BOOLEAN' | 'JSONB';

export type BatchColumns = Readonly<Record<string, BatchType>>;

/** A row of a batch by column name; a JSON column takes the value itself, not its text. */
export type BatchRow<Columns extends BatchColumns> = { readonly [Name in keyof Columns]: unknown };

const toParameter = (type: BatchType, value: unknown): SqlValue => {
  if (value === null || value === undefined) return null;
  // A column's type was named by whoever declared the batch, with rows to match.
  return type === 'JSONB' ? json(value) : (value as SqlValue);
};

/**
 * Declares an insert of many rows. SQLite runs a prepared statement for each row, which is faster there than any
 * statement that takes them all; PostgreSQL takes them as one JSON text, in a single statement whatever their number.
 */
export const batchInsert = <Columns extends BatchColumns>(
  table: string,
  columns: Columns,
  suffix: string,
): ((dialect: Dialect, rows: readonly BatchRow<Columns>[]) => Script<void>) => {
  const names = Object.keys(columns);
  const list = names.map((name) => `"${name}"`).join(', ');
  const fields = names.map((name) => `"${name}" ${columns[name]}`).join(', ');
  const insertRow = statement<readonly SqlValue[]>(
    `INSERT INTO "${table}" (${list}) VALUES (${names.map(() => '?').join(', ')}) ${suffix}`,
  );
  const insertRows = statement<readonly [SqlValue]>(
    `INSERT INTO "${table}" (${list}) SELECT ${list} FROM jsonb_to_recordset(CAST(? AS JSONB)) AS batch(${fields}) ${suffix}`,
  );
  return function* (dialect, rows) {
    if (rows.length === 0) return;
    if (dialect.hasConcurrentWriters) {
      yield* run(insertRows(json(rows)));
      return;
    }
    for (const row of rows) {
      yield* run(
        insertRow(...names.map((name) => toParameter(columns[name] ?? 'TEXT', row[name]))),
      );
    }
  };
};

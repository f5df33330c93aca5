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

/** Rows of a statement on SQLite: more of them save nothing, and the statements for fewer would be many. */
const ROWS_TOGETHER = 20;

/**
 * Declares an insert of many rows. SQLite runs prepared statements of twenty rows and of one, which is faster there than
 * one that takes them all as JSON; PostgreSQL takes them as one JSON text, in a single statement whatever their number.
 */
export const batchInsert = <Columns extends BatchColumns>(
  table: string,
  columns: Columns,
  suffix: string,
): ((dialect: Dialect, rows: readonly BatchRow<Columns>[]) => Script<void>) => {
  const names = Object.keys(columns);
  const list = names.map((name) => `"${name}"`).join(', ');
  const fields = names.map((name) => `"${name}" ${columns[name]}`).join(', ');
  const row = `(${names.map(() => '?').join(', ')})`;
  const insertOf = (count: number) =>
    statement<readonly SqlValue[]>(
      `INSERT INTO "${table}" (${list}) VALUES ${Array(count).fill(row).join(', ')} ${suffix}`,
    );
  const insertRow = insertOf(1);
  const insertSome = insertOf(ROWS_TOGETHER);
  const insertRows = statement<readonly [SqlValue]>(
    `INSERT INTO "${table}" (${list}) SELECT ${list} FROM jsonb_to_recordset(CAST(? AS JSONB)) AS batch(${fields}) ${suffix}`,
  );
  return function* (dialect, rows) {
    if (rows.length === 0) return;
    if (dialect.hasConcurrentWriters) {
      yield* run(insertRows(json(rows)));
      return;
    }
    const parametersOf = (batch: readonly BatchRow<Columns>[]): readonly SqlValue[] =>
      batch.flatMap((each) =>
        names.map((name) => toParameter(columns[name] ?? 'TEXT', each[name])),
      );
    const whole = rows.length - (rows.length % ROWS_TOGETHER);
    for (let start = 0; start < whole; start += ROWS_TOGETHER) {
      yield* run(insertSome(...parametersOf(rows.slice(start, start + ROWS_TOGETHER))));
    }
    for (const each of rows.slice(whole)) yield* run(insertRow(...parametersOf([each])));
  };
};

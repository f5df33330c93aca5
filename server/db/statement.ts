import type { Compilable } from 'kysely';

import type { DialectName } from './dialect.ts';

/** What a database driver binds: JSON goes in as text (`json()`), instants as numbers; lists only on PostgreSQL. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array | readonly SqlValue[];

/** One statement with its parameters, ready to run; `Row` is what it gives back, in camelCase. */
export interface Query<Row> {
  readonly sql: (dialect: DialectName) => string;
  /** Stable for a prepared statement, absent for one that was put together for this call. */
  readonly name: string | undefined;
  readonly parameters: readonly SqlValue[];
  readonly row?: Row;
}

export type SqlText = string | Readonly<Record<DialectName, string>>;

let statements = 0;

const numbered = (sql: string): string => {
  let position = 0;
  return sql.replaceAll('?', () => `$${++position}`);
};

// SQLite has one writer, who holds the whole database: there is no row to lock.
const withoutRowLocks = (sql: string): string =>
  sql.replaceAll(/\s+FOR (NO KEY UPDATE|UPDATE|KEY SHARE)( OF "?\w+"?)?( SKIP LOCKED)?/g, '');

/**
 * Declares a statement that is prepared once on each connection. Parameters are written `?` for both databases;
 * `FOR UPDATE` applies to PostgreSQL alone. Rows come back in camelCase with JSON parsed.
 */
export const statement = <Parameters extends readonly SqlValue[], Row = never>(
  text: SqlText,
): ((...parameters: Parameters) => Query<Row>) => {
  const written = typeof text === 'string' ? { sqlite: text, postgresql: text } : text;
  const texts = {
    sqlite: withoutRowLocks(written.sqlite),
    postgresql: numbered(written.postgresql),
  };
  const name = `s${++statements}`;
  const sql = (dialect: DialectName): string => texts[dialect];
  return (...parameters) => ({ sql, name, parameters });
};

/** A query put together by the query builder for this one call. */
export const compiled = <Row>(builder: Compilable<Row>): Query<Row> => {
  const query = builder.compile();
  return {
    sql: () => query.sql,
    name: undefined,
    // The builder's parameters are whatever was given to it, and its table types admit only what a driver binds.
    parameters: query.parameters as readonly SqlValue[],
  };
};

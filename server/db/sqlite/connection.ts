import {
  type SQLInputValue,
  type SQLOutputValue,
  DatabaseSync,
  type StatementSync,
} from 'node:sqlite';

import { parseJson } from '#server/lossless-json.ts';

import { camelCase } from '../camel-case.ts';
import type { Query, SqlValue } from '../statement.ts';

const MAX_STATEMENTS = 400;

type Decode = (value: SQLOutputValue) => unknown;

export interface ConnectionOptions {
  readonly isReadOnly: boolean;
  readonly isDurable: boolean;
  /** Reads the text of a JSON column, when it is not to be read without loss. */
  readonly readJson?: (text: string) => unknown;
}

interface Prepared {
  readonly statement: StatementSync;
  readonly columns: readonly { readonly name: string; readonly decode: Decode }[];
}

const asIs: Decode = (value) => value;
const asBoolean: Decode = (value) => (value === null ? null : value !== 0);
const jsonDecoder =
  (readJson: (text: string) => unknown): Decode =>
  (value) => {
    if (typeof value === 'string') return readJson(value);
    return typeof value === 'bigint' ? readJson(String(value)) : value;
  };
const asNumber = (value: SQLOutputValue): SQLOutputValue =>
  typeof value === 'bigint' ? Number(value) : value;

/** Columns whose JSON may be a bare number: SQLite stores that as its own integer, however large it is. */
const BARE_NUMBERS: ReadonlySet<string | null> = new Set(['data', 'value']);

/** Whether one of a statement's columns may hold an integer that a JavaScript number cannot carry. */
export const hasLargeIntegers = (columns: ReturnType<StatementSync['columns']>): boolean =>
  columns.some(({ column, type }) => type === 'JSONB' && BARE_NUMBERS.has(column));

const encode = (value: SqlValue): SQLInputValue => {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (Array.isArray(value)) throw new TypeError('A list is not a parameter on SQLite.');
  // `isArray` does not narrow readonly lists, which the line above has ruled out.
  return value as SQLInputValue;
};

/** One SQLite connection with its prepared statements. Everything it does is done when the call returns. */
export class SqliteConnection {
  readonly database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();
  readonly #commands = new Map<string, StatementSync>();
  readonly #asJson: Decode;

  constructor(path: string, options: ConnectionOptions) {
    this.#asJson = jsonDecoder(options.readJson ?? parseJson);
    // The short wait covers a checkpoint of another process; longer waits happen outside, without blocking.
    this.database = new DatabaseSync(path, { readOnly: options.isReadOnly, timeout: 50 });
    this.database.exec(
      'PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY',
    );
    if (options.isReadOnly) return;
    // A thread copies the log meanwhile (see SqliteCheckpointer). Here, at 64 MB, what it left is copied and the log
    // begins anew, which it cannot while there are commits all the time.
    this.database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 16000;
       PRAGMA synchronous = ${options.isDurable ? 'FULL' : 'NORMAL'}`,
    );
  }

  /** The rows of a query in camelCase, with booleans and JSON decoded by the declared type of their column. */
  rows(query: Query<unknown>): readonly unknown[] {
    const { statement, columns } = this.#prepare(query.sql('sqlite'));
    if (columns.length === 0) {
      statement.run(...query.parameters.map(encode));
      return [];
    }
    // With `setReturnArrays` a row is a list, which the library's types do not say.
    const rows = statement.all(
      ...query.parameters.map(encode),
    ) as unknown as readonly SQLOutputValue[][];
    return rows.map((values) => {
      const row: Record<string, unknown> = {};
      for (const [index, { name, decode }] of columns.entries())
        row[name] = decode(values[index] ?? null);
      return row;
    });
  }

  /** Runs a command such as COMMIT, prepared: on the hot path its parsing would cost as much as the command. */
  command(sql: string): void {
    const known = this.#commands.get(sql) ?? this.database.prepare(sql);
    this.#commands.set(sql, known);
    known.run();
  }

  close(): void {
    this.#prepared.clear();
    this.#commands.clear();
    this.database.close();
  }

  #decoderFor(declaredType: string | null): Decode {
    if (declaredType === 'BOOLEAN') return asBoolean;
    return declaredType === 'JSONB' ? this.#asJson : asIs;
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= MAX_STATEMENTS) {
      const [oldest] = this.#prepared.keys();
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    const statement = this.database.prepare(sql);
    statement.setReturnArrays(true);
    const described = statement.columns();
    const isLarge = hasLargeIntegers(described);
    // The driver refuses an integer that a JavaScript number cannot carry, unless all of them are read as big ones.
    statement.setReadBigInts(isLarge);
    const columns = described.map((column) => {
      const decode = this.#decoderFor(column.type);
      const isPlain = !isLarge || decode === this.#asJson;
      return {
        name: camelCase(column.name),
        decode: isPlain ? decode : (value: SQLOutputValue) => decode(asNumber(value)),
      };
    });
    const prepared = { statement, columns };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

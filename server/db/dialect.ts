export type DialectName = 'sqlite' | 'postgresql';

/** What a database can do, so that nobody asks which one it is. */
export interface Dialect {
  readonly name: DialectName;
  /** Several processes may write at once, so rows are locked and services elect a leader. */
  readonly hasConcurrentWriters: boolean;
  /** Rows one statement may insert before its parameters run out. */
  readonly maxParameters: number;
}

export const SQLITE: Dialect = {
  name: 'sqlite',
  hasConcurrentWriters: false,
  maxParameters: 32_766,
};

export const POSTGRESQL: Dialect = {
  name: 'postgresql',
  hasConcurrentWriters: true,
  maxParameters: 65_535,
};

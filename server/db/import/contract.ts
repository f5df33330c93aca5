/** A value as a driver gives and takes it: instants and spans in microseconds, JSON as its text. */
export type Cell = string | number | null;
export type Cells = readonly Cell[];

export type ColumnKind = 'text' | 'json' | 'micros' | 'number' | 'boolean';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly isNullable: boolean;
}

/** What to read of a table: columns in Prefect's names, each as the kind that ours has. */
interface Reading {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[];
}

/** A database of Prefect, seen as it was at one moment and never written to. */
export interface ImportSource {
  /** What tells this database from others, without its password. */
  readonly address: string;
  tables(): Promise<readonly string[]>;
  columns(table: string): Promise<readonly string[]>;
  count(table: string): Promise<number>;
  /** Rows with ids past the given one, in the order of ids; the first cell of a row is its id. */
  page(reading: Reading, after: string, limit: number): Promise<readonly Cells[]>;
  close(): Promise<void>;
}

/** A row that was not written: `reason` is what the database said, null when another row stands in its place. */
export interface Refused {
  readonly cells: Cells;
  readonly reason: string | null;
}

export interface Batch {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Cells[];
}

/** How far an import has come in one table: the last id that was read. */
export interface Progress {
  readonly key: string;
  readonly value: string;
}

/** A column that is filled when what it refers to is there. */
export interface Filling {
  readonly table: string;
  readonly column: string;
  readonly referred: string;
}

/** Our own database, as the import writes it. */
export interface ImportTarget {
  columns(table: string): Promise<readonly Column[]>;
  readProgress(key: string): Promise<string | null>;
  /** The value of a setting that is kept in the database, as JSON text. */
  readValue(key: string): Promise<string | null>;
  /** Writes rows that are not there yet and the progress, both or neither; gives the rows that were not written. */
  write(batch: Batch, progress: Progress): Promise<readonly Refused[]>;
  /** Fills a column of the rows `[id, value]` where it is empty and what it refers to is there. */
  fillColumn(at: Filling, rows: readonly Cells[]): Promise<void>;
  /** Adds to the rows what Prefect would find by a join. */
  complete(): Promise<void>;
  /** The id of the row whose columns have these values. */
  find(table: string, columns: readonly string[], values: Cells): Promise<string | null>;
  close(): Promise<void>;
}

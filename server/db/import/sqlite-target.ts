import { DatabaseSync, type StatementSync } from 'node:sqlite';

import { ServerError, toError } from '#server/errors.ts';
import { nowMicros } from '#server/time.ts';

import { isBusy } from '../sqlite/errors.ts';
import {
  READ_SCHEMAS,
  READ_SCHEMA_REFERENCES,
  type SchemaReference,
  type SchemaRow,
  completeSchemas,
  completions,
} from './complete.ts';
import type {
  Batch,
  Cells,
  Column,
  ColumnKind,
  Filling,
  ImportTarget,
  Progress,
  Refused,
} from './contract.ts';
import { readProgress, saveProgress } from './progress.ts';

const KINDS: Readonly<Record<string, ColumnKind>> = {
  BIGINT: 'micros',
  BOOLEAN: 'boolean',
  JSONB: 'json',
  INTEGER: 'number',
  REAL: 'number',
};

const RESOURCES = [
  `INSERT INTO event_resource (resource_id, occurred, seq, role)
    SELECT resource_id, occurred, seq, '' FROM event WHERE seq > ?`,
  `INSERT INTO event_resource (resource_id, occurred, seq, role)
    SELECT coalesce(related.value ->> '$."prefect.resource.id"', ''), occurred, seq,
      coalesce(related.value ->> '$."prefect.resource.role"', '')
    FROM event, json_each(event.related) AS related WHERE seq > ?`,
];

const openAlone = (path: string): DatabaseSync => {
  const database = new DatabaseSync(path, { timeout: 1000 });
  try {
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256000; PRAGMA temp_store = MEMORY; BEGIN IMMEDIATE; COMMIT',
    );
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new ServerError(
      'CONFLICT',
      `The database ${path} is in use. Stop the server that uses it, then import again.`,
    );
  }
  return database;
};

class SqliteTarget implements ImportTarget {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async columns(table: string): Promise<readonly Column[]> {
    return this.#prepare(`SELECT name, type, "notnull" AS filled FROM pragma_table_info(?)`)
      .all(table)
      .map(({ name, type, filled }) => ({
        name: String(name),
        kind: KINDS[String(type)] ?? 'text',
        isNullable: filled === 0,
      }));
  }

  async readProgress(key: string): Promise<string | null> {
    const row = this.#prepare(readProgress.sqlite).get(key);
    return row === undefined ? null : String(row['value']);
  }

  async readValue(key: string): Promise<string | null> {
    const row = this.#prepare('SELECT value FROM configuration WHERE key = ?').get(key);
    return row === undefined ? null : String(row['value']);
  }

  async write(batch: Batch, { key, value }: Progress): Promise<readonly Refused[]> {
    return this.#together(() => {
      const isOfEvents = batch.table === 'event';
      const before = isOfEvents ? this.#lastEvent() : 0;
      const refused = batch.rows.length === 0 ? [] : this.#insertAll(batch);
      if (isOfEvents) for (const sql of RESOURCES) this.#prepare(sql).run(before);
      this.#prepare(saveProgress.sqlite).run(...saveProgress.parameters(key, value));
      return refused;
    });
  }

  async fillColumn(at: Filling, rows: readonly Cells[]): Promise<void> {
    const { table, column, referred } = at;
    const update = this.#prepare(
      `UPDATE "${table}" SET "${column}" = ?2 WHERE id = ?1 AND "${column}" IS NULL AND EXISTS (SELECT 1 FROM "${referred}" WHERE id = ?2)`,
    );
    this.#together(() => {
      for (const [id = null, value = null] of rows) update.run(id, value);
    });
  }

  async complete(): Promise<void> {
    this.#together(() => {
      for (const sql of completions(nowMicros())) this.#database.exec(sql);
      const rows = this.#prepare(READ_SCHEMAS).all();
      // The columns of the query are those of the rows that it is read as.
      const references = this.#prepare(
        READ_SCHEMA_REFERENCES,
      ).all() as unknown as readonly SchemaReference[];
      const schemas = rows.map((row): SchemaRow => ({
        id: String(row['id']),
        checksum: String(row['checksum']),
        slug: String(row['slug']),
        // The fields of a schema are an object.
        fields: JSON.parse(String(row['fields'])) as SchemaRow['fields'],
      }));
      const update = this.#prepare('UPDATE block_schema SET fields = ? WHERE id = ?');
      for (const { id, fields } of completeSchemas(schemas, references))
        update.run(JSON.stringify(fields), id);
    });
  }

  async find(table: string, columns: readonly string[], values: Cells): Promise<string | null> {
    const where = columns.map((name) => `"${name}" = ?`).join(' AND ');
    const row = this.#prepare(`SELECT id FROM "${table}" WHERE ${where}`).get(...values);
    return row === undefined ? null : String(row['id']);
  }

  async close(): Promise<void> {
    this.#prepared.clear();
    this.#database.exec('PRAGMA optimize');
    this.#database.close();
  }

  #insertAll({ table, columns, rows }: Batch): readonly Refused[] {
    const names = columns.map(({ name }) => `"${name}"`).join(', ');
    const insert = this.#prepare(
      `INSERT INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
    );
    const refused: Refused[] = [];
    for (const cells of rows) {
      try {
        if (insert.run(...cells).changes === 0) refused.push({ cells, reason: null });
      } catch (error) {
        refused.push({ cells, reason: toError(error).message });
      }
    }
    return refused;
  }

  #lastEvent(): number {
    return Number(this.#prepare('SELECT coalesce(max(seq), 0) AS seq FROM event').get()?.['seq']);
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  #together<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Opens our SQLite file for an import, which has it for itself. */
export const openSqliteTarget = (path: string): ImportTarget => new SqliteTarget(openAlone(path));

import pg from 'pg';

import { ServerError, toError } from '#server/errors.ts';
import { nowMicros } from '#server/time.ts';

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
  bigint: 'micros',
  boolean: 'boolean',
  jsonb: 'json',
  integer: 'number',
  'double precision': 'number',
};

const TYPES: Readonly<Record<ColumnKind, string>> = {
  micros: 'bigint',
  boolean: 'int',
  json: 'text',
  number: 'double precision',
  text: 'text',
};

const RESOURCES = `INSERT INTO event_resource (resource_id, occurred, seq, role)
  SELECT resource_id, occurred, seq, '' FROM event WHERE id = ANY($1)
  UNION ALL
  SELECT coalesce(related.value ->> 'prefect.resource.id', ''), occurred, seq,
    coalesce(related.value ->> 'prefect.resource.role', '')
  FROM event, jsonb_array_elements(event.related) AS related WHERE id = ANY($1)`;

/** The number under which imports lock out each other. */
const LOCK = 7_301_115;

const fromArray = ({ kind }: Column, index: number): string => {
  if (kind === 'json') return `CAST(cells."c${index}" AS jsonb)`;
  return kind === 'boolean' ? `cells."c${index}" <> 0` : `cells."c${index}"`;
};

const insertText = ({ table, columns }: Batch): string => {
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const values = columns.map(fromArray).join(', ');
  const arrays = columns.map(({ kind }, index) => `$${index + 1}::${TYPES[kind]}[]`).join(', ');
  const fields = columns.map((_column, index) => `"c${index}"`).join(', ');
  const returning = columns.some(({ name }) => name === 'id') ? ' RETURNING id' : '';
  return `INSERT INTO "${table}" (${names}) SELECT ${values} FROM unnest(${arrays}) AS cells(${fields}) ON CONFLICT DO NOTHING${returning}`;
};

const insertRows = async (
  client: pg.Client,
  batch: Batch,
  rows: readonly Cells[],
): Promise<readonly Refused[]> => {
  if (rows.length === 0) return [];
  const arrays = batch.columns.map((_column, index) => rows.map((cells) => cells[index] ?? null));
  await client.query('SAVEPOINT part');
  try {
    const { rows: written, rowCount } = await client.query<{ id?: string }>(
      insertText(batch),
      arrays,
    );
    await client.query('RELEASE part');
    if (rowCount === rows.length) return [];
    const place = batch.columns.findIndex(({ name }) => name === 'id');
    const ids = new Set(written.map(({ id }) => id));
    return rows
      .filter((cells) => !ids.has(String(cells[place])))
      .map((cells) => ({ cells, reason: null }));
  } catch (error) {
    await client.query('ROLLBACK TO part');
    const [only] = rows;
    if (rows.length === 1 && only !== undefined)
      return [{ cells: only, reason: toError(error).message }];
    // One bad row refuses all: halves find it in few steps.
    const middle = Math.ceil(rows.length / 2);
    const first = await insertRows(client, batch, rows.slice(0, middle));
    return [...first, ...(await insertRows(client, batch, rows.slice(middle)))];
  }
};

class PostgresqlTarget implements ImportTarget {
  readonly #client: pg.Client;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  async columns(table: string): Promise<readonly Column[]> {
    const { rows } = await this.#client.query<{ name: string; type: string; nullable: string }>(
      `SELECT column_name AS name, data_type AS type, is_nullable AS nullable FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = $1`,
      [table],
    );
    return rows.map(({ name, type, nullable }) => ({
      name,
      kind: KINDS[type] ?? 'text',
      isNullable: nullable === 'YES',
    }));
  }

  readProgress(key: string): Promise<string | null> {
    return this.#value(readProgress.postgresql, [key]);
  }

  readValue(key: string): Promise<string | null> {
    return this.#value('SELECT CAST(value AS text) AS value FROM configuration WHERE key = $1', [
      key,
    ]);
  }

  async write(batch: Batch, { key, value }: Progress): Promise<readonly Refused[]> {
    await this.#client.query('BEGIN');
    try {
      const refused = await insertRows(this.#client, batch, batch.rows);
      if (batch.table === 'event') await this.#writeResources(batch, refused);
      await this.#client.query(saveProgress.postgresql, saveProgress.parameters(key, value));
      await this.#client.query('COMMIT');
      return refused;
    } catch (error) {
      await this.#client.query('ROLLBACK');
      throw error;
    }
  }

  async fillColumn(at: Filling, rows: readonly Cells[]): Promise<void> {
    const { table, column, referred } = at;
    await this.#client.query(
      `UPDATE "${table}" AS filled SET "${column}" = given.value
        FROM unnest($1::text[], $2::text[]) AS given(id, value)
        WHERE filled.id = given.id AND filled."${column}" IS NULL
          AND EXISTS (SELECT 1 FROM "${referred}" WHERE id = given.value)`,
      [rows.map(([id]) => id), rows.map(([, value]) => value)],
    );
  }

  async complete(): Promise<void> {
    for (const sql of completions(nowMicros())) {
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await this.#client.query(sql);
    }
    const { rows } = await this.#client.query<SchemaRow>(READ_SCHEMAS);
    const { rows: references } = await this.#client.query<SchemaReference>(READ_SCHEMA_REFERENCES);
    for (const { id, fields } of completeSchemas(rows, references)) {
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await this.#client.query('UPDATE block_schema SET fields = $1 WHERE id = $2', [
        JSON.stringify(fields),
        id,
      ]);
    }
  }

  find(table: string, columns: readonly string[], values: Cells): Promise<string | null> {
    const where = columns.map((name, index) => `"${name}" = $${index + 1}`).join(' AND ');
    return this.#value(`SELECT id AS value FROM "${table}" WHERE ${where}`, values);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async #writeResources({ columns, rows }: Batch, refused: readonly Refused[]): Promise<void> {
    const place = columns.findIndex(({ name }) => name === 'id');
    const left = new Set(refused.map(({ cells }) => cells[place]));
    const written = rows.map((cells) => cells[place]).filter((id) => !left.has(id));
    await this.#client.query(RESOURCES, [written]);
  }

  async #value(sql: string, parameters: Cells): Promise<string | null> {
    const { rows } = await this.#client.query<{ value: string }>(sql, [...parameters]);
    return rows[0]?.value ?? null;
  }
}

/** Opens our PostgreSQL database for an import; servers may go on to use it. */
export const openPostgresqlTarget = async (url: string): Promise<ImportTarget> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'prefect-server import',
  });
  await client.connect();
  const { rows: locks } = await client.query<{ free: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS free',
    [LOCK],
  );
  if (locks[0]?.free === true) return new PostgresqlTarget(client);
  await client.end();
  throw new ServerError('CONFLICT', 'Another import into the database is under way.');
};

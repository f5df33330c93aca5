import pg from 'pg';

import type { Cell, Cells, ColumnKind, ImportSource } from './contract.ts';

const expression = (name: string, kind: ColumnKind): string => {
  switch (kind) {
    case 'micros':
      return `(extract(epoch FROM "${name}") * 1000000)::bigint`;
    case 'number':
      return `"${name}"::double precision`;
    case 'boolean':
      return `"${name}"::int`;
    case 'text':
    case 'json':
      return `"${name}"::text`;
  }
};

/** Opens a PostgreSQL database of Prefect for reading; a server may be writing to it meanwhile. */
export const openPostgresqlSource = async (url: string): Promise<ImportSource> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'prefect-server import',
  });
  await client.connect();
  // All reads see one moment.
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const lists = async (text: string, values: readonly unknown[] = []): Promise<Cells[]> => {
    const { rows } = await client.query<Cell[]>({ text, values: [...values], rowMode: 'array' });
    return rows;
  };
  const { hostname, port, pathname } = new URL(url);
  return {
    address: `postgresql ${hostname}:${port === '' ? '5432' : port}${pathname}`,
    tables: async () =>
      (
        await lists(
          'SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()',
        )
      ).map(([name]) => String(name)),
    columns: async (table) =>
      (
        await lists(
          'SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1',
          [table],
        )
      ).map(([name]) => String(name)),
    count: async (table) => Number((await lists(`SELECT count(*) FROM "${table}"`))[0]?.[0]),
    page: async ({ table, columns }, after, limit) => {
      const list = columns.map(({ name, kind }) => expression(name, kind)).join(', ');
      const rows = await lists(
        `SELECT ${list} FROM "${table}" WHERE $1 = '' OR id > nullif($1, '')::uuid ORDER BY id LIMIT $2`,
        [after, limit],
      );
      // Instants come as text, because they are 64-bit integers.
      const spans = columns.flatMap(({ kind }, index) => (kind === 'micros' ? [index] : []));
      return rows.map((row) =>
        row.map((cell, index) => (cell !== null && spans.includes(index) ? Number(cell) : cell)),
      );
    },
    close: () => client.end(),
  };
};

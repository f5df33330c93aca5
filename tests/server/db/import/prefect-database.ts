import { DatabaseSync } from 'node:sqlite';

import pg from 'pg';

import { encryptFernet, newFernetKey } from '#server/blocks/fernet.ts';

export const IDS = {
  flow: '11111111-1111-4111-8111-111111111111',
  parent: '22222222-2222-4222-8222-222222222221',
  child: '22222222-2222-4222-8222-222222222222',
  task: '33333333-3333-4333-8333-333333333333',
  state: '44444444-4444-4444-8444-444444444444',
  type: '55555555-5555-4555-8555-555555555555',
  schema: '66666666-6666-4666-8666-666666666666',
  document: '77777777-7777-4777-8777-777777777777',
  event: '88888888-8888-4888-8888-888888888888',
  orphan: '22222222-2222-4222-8222-222222222229',
  absent: '99999999-9999-4999-8999-999999999999',
} as const;

const SOURCE_KEY = newFernetKey();

/** Prefect's own columns; types are those of SQLite, and what each is on PostgreSQL. */
const TABLES = `
alembic_version: version_num s
configuration: id u, created t, updated t, key s, value j
block_type: id u, created t, updated t, name s, slug s, is_protected b
block_schema: id u, created t, updated t, fields j, block_type_id u, checksum s, capabilities j, version s
block_document: id u, created t, updated t, name s, data j, block_schema_id u, block_type_id u, is_anonymous b
flow: id u, created t, updated t, name s, tags j, labels j
flow_run: id u, created t, updated t, name s, flow_id u, state_id u, state_type s, state_name s, state_timestamp t, run_count n, expected_start_time t, start_time t, end_time t, total_run_time i, parameters j, context j, empirical_policy j, tags j, labels j, auto_scheduled b, parent_task_run_id u
flow_run_state: id u, created t, updated t, flow_run_id u, type s, timestamp t, name s, message s, state_details j, data j
task_run: id u, created t, updated t, name s, flow_run_id u, task_key s, dynamic_key s, run_count n, flow_run_run_count n, total_run_time i, empirical_policy j, task_inputs j, tags j
log: id u, created t, updated t, name s, level n, flow_run_id u, message s, timestamp t
events: id u, created t, updated t, occurred t, received t, event s, resource_id s, resource j, related j, payload j, follows u
event_resources: id u, resource_id s
`;

const TYPES = {
  u: ['CHAR(36)', 'UUID'],
  t: ['DATETIME', 'TIMESTAMPTZ'],
  s: ['VARCHAR', 'VARCHAR'],
  j: ['JSON', 'JSON'],
  b: ['BOOLEAN', 'BOOLEAN'],
  n: ['INTEGER', 'INTEGER'],
  i: ['DATETIME', 'INTERVAL'],
} as const;

type Kind = keyof typeof TYPES;

const columnsOf = (text: string): readonly (readonly [name: string, kind: Kind])[] =>
  text.split(', ').map((column) => {
    const [name = '', kind = 's'] = column.split(' ');
    // The table above uses the letters of TYPES only.
    return [name, kind as Kind];
  });

const tables = TABLES.trim()
  .split('\n')
  .map((line) => {
    const [name = '', columns = ''] = line.split(': ');
    return { name, columns: columnsOf(columns) };
  });

const schemaOn = (place: 0 | 1): string =>
  tables
    .map(({ name, columns }) => {
      const list = columns.map(([column, kind]) => `"${column}" ${TYPES[kind][place]}`);
      return `CREATE TABLE "${name}" (${list.join(', ')});`;
    })
    .join('\n');

const AT = '2026-01-02 03:04:05.000006';
const run = {
  created: AT,
  updated: AT,
  run_count: 1,
  expected_start_time: AT,
  total_run_time: '1970-01-01 00:01:02.500003',
  parameters: '{"limit": 1}',
  context: '{}',
  empirical_policy: '{}',
  tags: '["a"]',
  auto_scheduled: false,
  flow_id: IDS.flow,
};

type Row = Readonly<Record<string, string | number | boolean | null>>;

const rows = (): readonly (readonly [table: string, row: Row])[] => [
  ['alembic_version', { version_num: '27d8f4e1a6c9' }],
  [
    'configuration',
    {
      id: IDS.absent,
      created: AT,
      updated: AT,
      key: 'ENCRYPTION_KEY',
      value: JSON.stringify({ fernet_key: SOURCE_KEY }),
    },
  ],
  [
    'block_type',
    { id: IDS.type, created: AT, updated: AT, name: 'Kept', slug: 'kept', is_protected: false },
  ],
  [
    'block_schema',
    {
      id: IDS.schema,
      created: AT,
      updated: AT,
      fields: '{"title": "Kept", "secret_fields": ["word"]}',
      block_type_id: IDS.type,
      checksum: 'sha256:1',
      capabilities: '[]',
      version: '1',
    },
  ],
  [
    'block_document',
    {
      id: IDS.document,
      created: AT,
      updated: AT,
      name: 'doc',
      data: JSON.stringify(encryptFernet(SOURCE_KEY, '{"word": "open"}')),
      block_schema_id: IDS.schema,
      block_type_id: IDS.type,
      is_anonymous: false,
    },
  ],
  ['flow', { id: IDS.flow, created: AT, updated: AT, name: 'etl', tags: '["x"]', labels: null }],
  [
    'flow_run',
    {
      ...run,
      id: IDS.parent,
      name: 'parent',
      state_id: IDS.state,
      state_type: 'COMPLETED',
      state_name: 'Completed',
      parameters: '{"ratio": NaN, "text": "NaN"}',
    },
  ],
  ['flow_run', { ...run, id: IDS.child, name: 'child', parent_task_run_id: IDS.task }],
  ['flow_run', { ...run, id: IDS.orphan, name: 'orphan', flow_id: IDS.absent }],
  [
    'flow_run_state',
    {
      id: IDS.state,
      created: AT,
      updated: AT,
      flow_run_id: IDS.parent,
      type: 'COMPLETED',
      timestamp: '2026-01-02 03:05:00',
      name: 'Completed',
      state_details: '{}',
      data: 'null',
    },
  ],
  [
    'task_run',
    {
      id: IDS.task,
      created: AT,
      updated: AT,
      name: 'task',
      flow_run_id: IDS.parent,
      task_key: 'k',
      dynamic_key: '0',
      run_count: 1,
      flow_run_run_count: 1,
      total_run_time: '1970-01-01 00:00:00.000000',
      empirical_policy: '{}',
      task_inputs: '{}',
      tags: '[]',
    },
  ],
  [
    'log',
    {
      id: IDS.absent,
      created: AT,
      updated: AT,
      name: 'n',
      level: 20,
      flow_run_id: IDS.parent,
      message: 'hello',
      timestamp: AT,
    },
  ],
  [
    'events',
    {
      id: IDS.event,
      created: AT,
      updated: AT,
      occurred: AT,
      received: AT,
      event: 'demo.done',
      resource_id: 'demo.1',
      resource: '{"prefect.resource.id": "demo.1"}',
      related: '[{"prefect.resource.id": "demo.2", "prefect.resource.role": "helper"}]',
      payload: '{}',
    },
  ],
];

const insertText = (table: string, row: Row, mark: (index: number) => string): string => {
  const names = Object.keys(row);
  return `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((_name, index) => mark(index)).join(', ')})`;
};

/** Writes a small database of Prefect as a SQLite file. */
export const writeSqliteDatabase = (path: string): void => {
  const database = new DatabaseSync(path);
  database.exec(schemaOn(0));
  for (const [table, row] of rows()) {
    const values = Object.values(row).map((value) =>
      typeof value === 'boolean' ? Number(value) : value,
    );
    database.prepare(insertText(table, row, () => '?')).run(...values);
  }
  database.close();
};

/** Writes the same database into an empty one of PostgreSQL. */
export const writePostgresqlDatabase = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`SET TIME ZONE 'UTC'; ${schemaOn(1)}`);
  for (const [table, row] of rows()) {
    const values = Object.entries(row).map(([name, value]) => {
      if (name === 'total_run_time') return String(value).slice('1970-01-01 '.length);
      // PostgreSQL has no NaN in JSON.
      return typeof value === 'string' ? value.replace(': NaN', ': null') : value;
    });
    await client.query(
      insertText(table, row, (index) => `$${index + 1}`),
      values,
    );
  }
  await client.end();
};

import type { Micros } from '#server/time.ts';

import { heldSlots } from './held-slots.ts';

/**
 * What Prefect finds by a join when it reads, and this server keeps in the row. Each statement changes only rows that
 * lack it, so it may run again.
 */
export const completions = (now: Micros): readonly string[] => [
  ...(['flow_run', 'task_run'] as const).map(
    (run) => `UPDATE ${run} SET
      state_timestamp = (SELECT state.timestamp FROM ${run}_state AS state WHERE state.id = ${run}.state_id),
      state_type = coalesce(state_type, (SELECT state.type FROM ${run}_state AS state WHERE state.id = ${run}.state_id)),
      state_name = coalesce(state_name, (SELECT state.name FROM ${run}_state AS state WHERE state.id = ${run}.state_id))
    WHERE state_timestamp IS NULL AND state_id IS NOT NULL
      AND EXISTS (SELECT 1 FROM ${run}_state AS state WHERE state.id = ${run}.state_id)`,
  ),
  // Background runs wait in memory there and in a table here.
  `INSERT INTO delivery (id, created, updated, kind, queue, key, priority, available_at, status, delivery_count, data)
    SELECT task_run.id, task_run.created, task_run.updated, 'TASK_RUN', task_run.task_key, task_run.id, 1,
      task_run.created, 'WAITING', 0, '{}'
    FROM task_run JOIN task_run_state AS state ON state.id = task_run.state_id
    WHERE task_run.state_type = 'SCHEDULED' AND CAST(state.state_details ->> 'deferred' AS TEXT) IN ('true', '1')
    ON CONFLICT (kind, key) DO NOTHING`,
  ...heldSlots(now),
];

/** Every schema of a block, with the blocks that are nested in it. */
export const READ_SCHEMAS = `SELECT schema.id, schema.fields, schema.checksum, type.slug
  FROM block_schema AS schema JOIN block_type AS type ON type.id = schema.block_type_id`;

export const READ_SCHEMA_REFERENCES =
  'SELECT name, parent_block_schema_id AS parent, reference_block_schema_id AS child FROM block_schema_reference ORDER BY name, child';

type Fields = Readonly<Record<string, unknown>>;

export interface SchemaRow {
  readonly id: string;
  readonly fields: Fields;
  readonly checksum: string;
  readonly slug: string;
}

export interface SchemaReference {
  readonly name: string;
  readonly parent: string;
  readonly child: string;
}

const asFields = (value: unknown): Fields =>
  // Definitions of a JSON schema are an object of objects.
  typeof value === 'object' && value !== null ? (value as Fields) : {};

interface Completed {
  readonly plain: Fields;
  readonly definitions: Fields;
  readonly references: Fields;
}

const completeOne = (
  row: SchemaRow,
  schemas: ReadonlyMap<string, SchemaRow>,
  references: readonly SchemaReference[],
): Completed => {
  const { definitions: own, ...plain } = row.fields;
  let definitions = asFields(own);
  const named = new Map<string, Fields[]>();
  for (const { name, child } of references.filter(({ parent }) => parent === row.id)) {
    const nested = schemas.get(child);
    if (nested === undefined) continue;
    const reference = { block_type_slug: nested.slug, block_schema_checksum: nested.checksum };
    named.set(name, [...(named.get(name) ?? []), reference]);
    const completed = completeOne(nested, schemas, references);
    definitions = {
      ...definitions,
      ...completed.definitions,
      [String(nested.fields['title'])]: {
        ...completed.plain,
        block_schema_references: completed.references,
      },
    };
  }
  return {
    plain,
    definitions,
    references: Object.fromEntries(
      Array.from(named, ([name, all]) => [name, all.length === 1 ? all[0] : all]),
    ),
  };
};

/** The fields of schemas as this server keeps them: with what is nested in them. Gives those that change. */
export const completeSchemas = (
  rows: readonly SchemaRow[],
  references: readonly SchemaReference[],
): readonly { readonly id: string; readonly fields: Fields }[] => {
  const schemas = new Map(rows.map((row) => [row.id, row]));
  return rows
    .filter(({ fields }) => !('block_schema_references' in fields))
    .map((row) => {
      const { plain, definitions, references: nested } = completeOne(row, schemas, references);
      const fields = { ...plain, block_schema_references: nested };
      const hasNone = Object.keys(definitions).length === 0;
      return { id: row.id, fields: hasNone ? fields : { ...fields, definitions } };
    });
};

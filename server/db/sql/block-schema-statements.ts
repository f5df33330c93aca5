import type { BlockSchemaRow } from '#prisma/tables.ts';
import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

export const readBlockSchemaRow = statement<[id: string], BlockSchemaRow>(
  'SELECT * FROM block_schema WHERE id = ?',
);

/** The newest one, whatever its version. */
export const readBlockSchemaRowByChecksum = statement<[checksum: string], BlockSchemaRow>(
  'SELECT * FROM block_schema WHERE checksum = ? ORDER BY created DESC, id DESC LIMIT 1',
);

export const readBlockSchemaRowByVersion = statement<
  [checksum: string, version: string],
  BlockSchemaRow
>('SELECT * FROM block_schema WHERE checksum = ? AND version = ?');

/** No row comes back when the checksum is known in that version. */
export const insertBlockSchema = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    blockTypeId: string,
    checksum: string,
    version: string,
    fields: JsonText,
    capabilities: JsonText,
  ],
  BlockSchemaRow
>(
  `INSERT INTO block_schema (id, created, updated, block_type_id, checksum, version, fields, capabilities)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (checksum, version) DO NOTHING RETURNING *`,
);

/** Its documents go with it. */
export const deleteBlockSchemaRow = statement<[id: string]>(
  'DELETE FROM block_schema WHERE id = ?',
);

export const insertBlockSchemaReference = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    name: string,
    parentId: string,
    referenceId: string,
  ]
>(
  `INSERT INTO block_schema_reference
     (id, created, updated, name, parent_block_schema_id, reference_block_schema_id)
   VALUES (?, ?, ?, ?, ?, ?)`,
);

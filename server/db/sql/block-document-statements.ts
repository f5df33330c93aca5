import type { BlockDocumentReferenceRow, BlockDocumentRow } from '#prisma/tables.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

export const readBlockDocumentRow = statement<[id: string], BlockDocumentRow>(
  'SELECT * FROM block_document WHERE id = ?',
);

export const readBlockDocumentRowByName = statement<
  [blockTypeId: string, name: string],
  BlockDocumentRow
>('SELECT * FROM block_document WHERE block_type_id = ? AND name = ?');

export const lockBlockDocument = statement<[id: string], BlockDocumentRow>(
  'SELECT * FROM block_document WHERE id = ? FOR NO KEY UPDATE',
);

/** No row comes back when its type has a document of that name. */
export const insertBlockDocument = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    name: string,
    isAnonymous: boolean,
    data: string,
    blockTypeId: string,
    blockTypeName: string,
    blockSchemaId: string,
  ],
  BlockDocumentRow
>(
  `INSERT INTO block_document
     (id, created, updated, name, is_anonymous, data, block_type_id, block_type_name, block_schema_id)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (block_type_id, name) DO NOTHING RETURNING *`,
);

export const updateBlockDocumentRow = statement<
  [data: string, blockSchemaId: string, updated: Micros, id: string]
>('UPDATE block_document SET data = ?, block_schema_id = ?, updated = ? WHERE id = ?');

export const deleteBlockDocumentRow = statement<[id: string]>(
  'DELETE FROM block_document WHERE id = ?',
);

export const readReferencesOf = statement<[parentId: string], BlockDocumentReferenceRow>(
  'SELECT * FROM block_document_reference WHERE parent_block_document_id = ?',
);

export const insertBlockDocumentReference = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    name: string,
    parentId: string,
    referenceId: string,
  ]
>(
  `INSERT INTO block_document_reference
     (id, created, updated, name, parent_block_document_id, reference_block_document_id)
   VALUES (?, ?, ?, ?, ?, ?)`,
);

export const deleteBlockDocumentReference = statement<[id: string]>(
  'DELETE FROM block_document_reference WHERE id = ?',
);

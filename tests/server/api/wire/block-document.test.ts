import { expect, test } from 'vitest';

import { blockDocumentChanges } from '#server/api/wire/block-document.ts';

const ID = '00000000-0000-4000-8000-000000000001';

test('a schema counts together with data alone', () => {
  const alone = blockDocumentChanges.parse({ block_schema_id: ID });
  expect(alone.blockSchemaId).toBeUndefined();
  const merged = blockDocumentChanges.parse({ block_schema_id: ID, data: {} });
  expect(merged.blockSchemaId).toBe(ID);
  const emptied = blockDocumentChanges.parse({ block_schema_id: ID, merge_existing_data: false });
  expect(emptied.blockSchemaId).toBe(ID);
});

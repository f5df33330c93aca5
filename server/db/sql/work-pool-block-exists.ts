import { statement } from '#server/db/statement.ts';

export const readBlockDocumentId = statement<[id: string], { readonly id: string }>(
  'SELECT id FROM block_document WHERE id = ?',
);

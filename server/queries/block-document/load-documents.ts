import type { BlockDocumentReferenceRow, BlockDocumentRow, BlockTypeRow } from '#prisma/tables.ts';
import { readEncryptionKey } from '#server/blocks/encryption-key.ts';
import type { Context } from '#server/context.ts';
import type { Script } from '#server/db/script.ts';

import { type BlockSchemaView, viewSchemas } from '../block-schema/read-block-schemas.ts';
import { rowsByKey } from '../block-type/rows-by-key.ts';
import { type BlockDocumentView, composeDocuments } from './block-document-view.ts';

interface Nested {
  readonly documents: ReadonlyMap<string, BlockDocumentRow>;
  readonly references: ReadonlyMap<string, readonly BlockDocumentReferenceRow[]>;
}

/** Reads what the documents refer to, level by level; each document is read once. */
function* loadNested(ctx: Context, roots: readonly BlockDocumentRow[]): Script<Nested> {
  const documents = new Map(roots.map((document) => [document.id, document]));
  const references: BlockDocumentReferenceRow[] = [];
  let level = roots.map(({ id }) => id);
  while (level.length > 0) {
    const found = yield* rowsByKey(level, (ids) =>
      ctx.db.builder
        .selectFrom('blockDocumentReference')
        .selectAll()
        .where('parentBlockDocumentId', 'in', ids)
        .orderBy('id'),
    );
    references.push(...found);
    const unread = found
      .map(({ referenceBlockDocumentId }) => referenceBlockDocumentId)
      .filter((id) => !documents.has(id));
    const children = yield* rowsByKey(unread, (ids) =>
      ctx.db.builder.selectFrom('blockDocument').selectAll().where('id', 'in', ids),
    );
    for (const child of children) documents.set(child.id, child);
    level = children.map(({ id }) => id);
  }
  return {
    documents,
    references: Map.groupBy(references, ({ parentBlockDocumentId }) => parentBlockDocumentId),
  };
}

/** The types of documents by their ids; those of their schemas are known. */
function* typesOf(
  ctx: Context,
  documents: Iterable<BlockDocumentRow>,
  schemas: readonly BlockSchemaView[],
): Script<ReadonlyMap<string, BlockTypeRow>> {
  const known = new Map(schemas.map(({ blockType }) => [blockType.id, blockType]));
  const others = Array.from(documents, ({ blockTypeId }) => blockTypeId);
  const found = yield* rowsByKey(
    others.filter((id) => !known.has(id)),
    (ids) => ctx.db.builder.selectFrom('blockType').selectAll().where('id', 'in', ids),
  );
  return new Map([...known, ...found.map((type): [string, BlockTypeRow] => [type.id, type])]);
}

/** Completes documents with all that their reader sees, in a script. INVALID when they cannot be opened. */
export function* viewDocuments(
  ctx: Context,
  roots: readonly BlockDocumentRow[],
  { includesSecrets }: { readonly includesSecrets: boolean },
): Script<readonly BlockDocumentView[]> {
  if (roots.length === 0) return [];
  const nested = yield* loadNested(ctx, roots);
  const schemaIds = Array.from(nested.documents.values(), ({ blockSchemaId }) => blockSchemaId);
  const views = yield* viewSchemas(ctx, schemaIds);
  const schemas = new Map(views.map((schema) => [schema.id, schema]));
  const types = yield* typesOf(ctx, nested.documents.values(), views);
  const encryptionKey = yield* readEncryptionKey(ctx.settings);
  return composeDocuments(
    roots.map(({ id }) => id),
    { ...nested, schemas, types, encryptionKey, includesSecrets },
  );
}

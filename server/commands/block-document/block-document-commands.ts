import { randomUUID } from 'node:crypto';

import type { BlockDocumentRow, BlockSchemaRow } from '#prisma/tables.ts';
import {
  openData,
  sealData,
  secretFieldsOf,
  splitReferences,
} from '#server/blocks/document-data.ts';
import { readEncryptionKey, requireEncryptionKey } from '#server/blocks/encryption-key.ts';
import { keepMaskedSecrets } from '#server/blocks/secret-fields.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  deleteBlockDocumentRow,
  insertBlockDocument,
  lockBlockDocument,
  readBlockDocumentRowByName,
  updateBlockDocumentRow,
} from '#server/db/sql/block-document-statements.ts';
import { readBlockSchemaRow } from '#server/db/sql/block-schema-statements.ts';
import { readBlockTypeRow } from '#server/db/sql/block-type-statements.ts';
import { ServerError, isServerError, notFound } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { clearStaleResultStorage } from '../admin-storage/result-storage.ts';
import { recordBlockDocument } from './block-document-events.ts';
import { addReferences, replaceReferences } from './document-references.ts';

export interface NewBlockDocument {
  /** Anonymous documents may go without one. */
  readonly name: string | null;
  readonly isAnonymous: boolean;
  readonly blockTypeId: string;
  readonly blockSchemaId: string;
  /** A value `{"$ref": {"block_document_id": …}}` stands for another document. */
  readonly data: JsonObject;
}

export interface BlockDocumentChanges {
  readonly data?: JsonObject | undefined;
  /** Another schema of the same type; null leaves it. */
  readonly blockSchemaId?: string | null | undefined;
  /** Whether values stay that the new data does not name. */
  readonly mergesData: boolean;
}

const missingPart = (kind: string, id: string): ServerError =>
  new ServerError('NOT_FOUND', `${kind} ${id} not found.`, { details: { kind, key: id } });

/**
 * Makes a document with its data sealed. NOT_FOUND for an unknown type, CONFLICT when the type has a document of that
 * name or when the schema or a document that is referred to is missing, BAD_REQUEST for a malformed reference.
 */
export const createBlockDocument = (
  ctx: Context,
  { name, isAnonymous, blockTypeId, blockSchemaId, data }: NewBlockDocument,
): Promise<BlockDocumentRow> =>
  ctx.db.write(function* () {
    const blockType = yield* one(readBlockTypeRow(blockTypeId));
    if (blockType === null) throw missingPart('Block type', blockTypeId);
    const split = splitReferences(data);
    const key = yield* requireEncryptionKey(ctx.settings);
    const now = nowMicros();
    const document = yield* one(
      insertBlockDocument(
        newId(),
        now,
        now,
        name === null || name === '' ? `anonymous-${randomUUID()}` : name,
        isAnonymous,
        sealData(key, split.data),
        blockTypeId,
        blockType.name,
        blockSchemaId,
      ),
    );
    if (document === null) {
      const namesake = yield* one(readBlockDocumentRowByName(blockTypeId, name ?? ''));
      throw new ServerError('CONFLICT', 'Block already exists', {
        details: { kind: 'Block document', name, existingId: namesake?.id },
      });
    }
    yield* addReferences(document.id, split.references);
    const schema = yield* one(readBlockSchemaRow(blockSchemaId));
    if (schema !== null)
      yield* recordBlockDocument('created', { document, schema, data: split.data });
    return document;
  });

interface StoredDocument {
  readonly document: BlockDocumentRow;
  readonly schema: BlockSchemaRow;
  readonly data: JsonObject;
}

function* requireDocument(
  ctx: Context,
  { id, open = openData }: { readonly id: string; readonly open?: typeof openData },
): Script<StoredDocument> {
  const document = yield* one(lockBlockDocument(id));
  if (document === null) throw notFound('Block document', id);
  const schema = yield* one(readBlockSchemaRow(document.blockSchemaId));
  if (schema === null) throw missingPart('Block schema', document.blockSchemaId);
  const key = yield* readEncryptionKey(ctx.settings);
  return { document, schema, data: open(key, document.data) };
}

function* nextSchema(
  { document, schema }: StoredDocument,
  proposedId: string | null | undefined,
): Script<BlockSchemaRow> {
  if (proposedId === null || proposedId === undefined || proposedId === schema.id) return schema;
  const proposed = yield* one(readBlockSchemaRow(proposedId));
  if (proposed === null) throw missingPart('Block schema', proposedId);
  if (proposed.blockTypeId === document.blockTypeId) return proposed;
  throw new ServerError(
    'BAD_REQUEST',
    'Must migrate block document to a block schema of the same block type.',
  );
}

const nextData = (stored: StoredDocument, data: JsonObject, mergesData: boolean): JsonObject => {
  const secretFields = secretFieldsOf(stored.schema);
  const kept = keepMaskedSecrets(data, { stored: stored.data, secretFields });
  return mergesData ? { ...stored.data, ...kept } : kept;
};

/**
 * Changes the data or schema of a document; a secret that comes back masked stays. References are those of the new
 * data alone, also when it is merged. NOT_FOUND when there is no such document or schema, BAD_REQUEST for a schema of
 * another type, a malformed reference or one that would close a circle.
 */
export const updateBlockDocument = (
  ctx: Context,
  { id, changes }: { readonly id: string; readonly changes: BlockDocumentChanges },
): Promise<BlockDocumentRow> =>
  ctx.db.write(function* () {
    const stored = yield* requireDocument(ctx, { id });
    const schema = yield* nextSchema(stored, changes.blockSchemaId);
    const given = changes.data ?? (changes.mergesData ? null : {});
    const { data, references } = splitReferences(
      given === null ? stored.data : nextData(stored, given, changes.mergesData),
    );
    const key = yield* requireEncryptionKey(ctx.settings);
    const document = {
      ...stored.document,
      data: sealData(key, data),
      blockSchemaId: schema.id,
      updated: nowMicros(),
    };
    yield* run(updateBlockDocumentRow(document.data, schema.id, document.updated, id));
    if (given !== null) yield* replaceReferences(id, references);
    yield* recordBlockDocument('updated', { document, schema, data });
    return document;
  });

const openOrEmpty = (key: string | null, sealed: string): JsonObject => {
  try {
    return openData(key, sealed);
  } catch (error) {
    if (isServerError(error, 'INVALID')) return {};
    throw error;
  }
};

/**
 * Removes a document, also one that cannot be opened any more; those that refer to it lose the value. NOT_FOUND when
 * there is none.
 */
export const deleteBlockDocument = (ctx: Context, id: string): Promise<void> =>
  ctx.db.write(function* () {
    const stored = yield* requireDocument(ctx, { id, open: openOrEmpty });
    yield* run(deleteBlockDocumentRow(id));
    yield* clearStaleResultStorage();
    yield* recordBlockDocument('deleted', stored);
  });

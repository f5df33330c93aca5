import type {
  BlockDocumentChanges,
  NewBlockDocument,
} from '#server/commands/block-document/block-document-commands.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';
import { parseExactJson } from '#server/lossless-json.ts';
import type { BlockDocumentView } from '#server/queries/block-document/block-document-view.ts';
import { BLOCK_DOCUMENT_SORTS } from '#server/queries/block-document/read-block-documents.ts';
import { formatInstant } from '#server/time.ts';

import { blockSchemaToWire } from './block-schema.ts';
import { blockTypeToWire, slugText } from './block-type.ts';
import { type Schema, refuseValue, schemaOf } from './pydantic/refusal.ts';
import { boolean, choice, isNothing, uuid } from './pydantic/scalar.ts';
import { dictionary, model } from './pydantic/shapes.ts';

// It is looked at before the parts of the body are, and then is their only fault.
const named = schemaOf<unknown>((body) => {
  const lacksName =
    isJsonObject(body) && isNothing(body['is_anonymous']) && isNothing(body['name']);
  return lacksName ? refuseValue('Names must be provided for block documents.') : body;
});

/** The body that makes a block document. */
export const newBlockDocument: Schema<NewBlockDocument> = named
  .pipe(
    model({
      name: slugText('Block document name', { pattern: '^[^/%&><]+$' }).nullable().optional(),
      data: dictionary.default({}),
      block_schema_id: uuid,
      block_type_id: uuid,
      is_anonymous: boolean.default(false),
    }),
  )
  .transform((body) => ({
    name: body.name ?? null,
    isAnonymous: body.is_anonymous,
    blockTypeId: body.block_type_id,
    blockSchemaId: body.block_schema_id,
    data: body.data,
  }));

/** The body that changes a block document. */
export const blockDocumentChanges: Schema<BlockDocumentChanges> = model({
  block_schema_id: uuid.nullable().optional(),
  data: dictionary.optional(),
  merge_existing_data: boolean.default(true),
}).transform((body) => ({
  // The original looks at a schema only together with data.
  blockSchemaId:
    body.data === undefined && body.merge_existing_data ? undefined : body.block_schema_id,
  data: body.data,
  mergesData: body.merge_existing_data,
}));

/** The data in the text of such a body, whose numbers keep their spelling; undefined when it brings none. */
export const exactData = (bodyText: string | null): JsonObject | undefined => {
  const body = bodyText === null ? null : parseExactJson(bodyText);
  const data = isJsonObject(body) ? body['data'] : undefined;
  return isJsonObject(data) ? data : undefined;
};

export const blockDocumentSort = choice(BLOCK_DOCUMENT_SORTS).default('NAME_ASC');

const referencesToWire = (
  references: BlockDocumentView['references'],
  own: string,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(references).map(([name, child]) => [
      name,
      {
        block_document: {
          id: child.id,
          name: child.name,
          block_type: blockTypeToWire(child.blockType, own),
          is_anonymous: child.isAnonymous,
          block_document_references: referencesToWire(child.references, own),
        },
      },
    ]),
  );

export const blockDocumentToWire = (document: BlockDocumentView, own: string) => ({
  id: document.id,
  created: formatInstant(document.created),
  updated: formatInstant(document.updated),
  name: document.name,
  data: document.data,
  block_schema_id: document.blockSchemaId,
  block_schema: blockSchemaToWire(document.schema, own),
  block_type_id: document.blockTypeId,
  block_type_name: document.blockTypeName,
  block_type: blockTypeToWire(document.blockType, own),
  block_document_references: referencesToWire(document.references, own),
  is_anonymous: document.isAnonymous,
});

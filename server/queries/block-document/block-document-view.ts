import type { BlockDocumentReferenceRow, BlockDocumentRow, BlockTypeRow } from '#prisma/tables.ts';
import { openData, secretFieldsOf } from '#server/blocks/document-data.ts';
import { maskSecrets } from '#server/blocks/secret-fields.ts';
import { ServerError } from '#server/errors.ts';
import type { JsonObject } from '#server/json.ts';

import type { BlockSchemaView } from '../block-schema/read-block-schemas.ts';

/** A document as its reader sees it: with the data of those it refers to in the place of the references. */
export interface BlockDocumentView extends Omit<BlockDocumentRow, 'data'> {
  readonly data: JsonObject;
  readonly schema: BlockSchemaView;
  /** Usually that of its schema, but nothing sees to it. */
  readonly blockType: BlockTypeRow;
  /** The documents it refers to by the names of their fields. */
  readonly references: Readonly<Record<string, BlockDocumentView>>;
}

/** All rows that are needed to see some documents. */
export interface LoadedDocuments {
  readonly documents: ReadonlyMap<string, BlockDocumentRow>;
  readonly schemas: ReadonlyMap<string, BlockSchemaView>;
  readonly types: ReadonlyMap<string, BlockTypeRow>;
  readonly references: ReadonlyMap<string, readonly BlockDocumentReferenceRow[]>;
  readonly encryptionKey: string | null;
  readonly includesSecrets: boolean;
}

const MAX_DEPTH = 50;
/** How many documents one answer may show: references that fork often show the same ones again and again. */
const MAX_SHOWN = 10_000;

const tooLarge = (): ServerError =>
  new ServerError(
    'BAD_REQUEST',
    `Block documents refer to each other more than ${MAX_DEPTH} levels deep or ${MAX_SHOWN} times.`,
  );

/** Puts the documents with the ids together; one that is gone is left out. BAD_REQUEST when they are nested too deeply. */
export const composeDocuments = (
  ids: readonly string[],
  loaded: LoadedDocuments,
): readonly BlockDocumentView[] => {
  const { documents, schemas, types, references, encryptionKey, includesSecrets } = loaded;
  let shown = 0;
  // To open one is dear, and the same one may be shown in many places.
  const opened = new Map<string, JsonObject>();

  const ownData = (document: BlockDocumentRow, schema: BlockSchemaView): JsonObject => {
    const known = opened.get(document.id);
    if (known !== undefined) return known;
    const data = openData(encryptionKey, document.data);
    const seen = includesSecrets ? data : maskSecrets(data, secretFieldsOf(schema));
    opened.set(document.id, seen);
    return seen;
  };

  const compose = (id: string, depth: number): BlockDocumentView | null => {
    const document = documents.get(id);
    const schema = document === undefined ? undefined : schemas.get(document.blockSchemaId);
    if (document === undefined || schema === undefined) return null;
    shown += 1;
    if (depth > MAX_DEPTH || shown > MAX_SHOWN) throw tooLarge();
    const children = (references.get(id) ?? []).flatMap(
      ({ name, referenceBlockDocumentId }): readonly [string, BlockDocumentView][] => {
        const child = compose(referenceBlockDocumentId, depth + 1);
        return child === null ? [] : [[name, child]];
      },
    );
    const childData = children.map(([name, child]) => [name, child.data] as const);
    const data = { ...ownData(document, schema), ...Object.fromEntries(childData) };
    const blockType = types.get(document.blockTypeId) ?? schema.blockType;
    return { ...document, data, schema, blockType, references: Object.fromEntries(children) };
  };

  return ids.flatMap((id) => {
    const view = compose(id, 0);
    return view === null ? [] : [view];
  });
};

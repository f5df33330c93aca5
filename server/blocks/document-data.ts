import { ServerError } from '#server/errors.ts';
import { parseId } from '#server/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import { parseExactJson } from '#server/lossless-json.ts';

import { decryptFernet, encryptFernet } from './fernet.ts';
import type { Fields } from './schema-checksum.ts';

/** A value of a document that is another document. */
export interface DocumentReference {
  readonly name: string;
  readonly documentId: string;
}

/** The data of a document, apart from what it refers to. Numbers may have kept their spelling: see `plainNumber`. */
export interface SplitData {
  readonly data: JsonObject;
  readonly references: readonly DocumentReference[];
}

const isReference = (value: JsonValue): value is JsonObject =>
  isJsonObject(value) && '$ref' in value;

const toReference = (name: string, value: JsonObject): DocumentReference => {
  const target = value['$ref'];
  const id = target !== undefined && isJsonObject(target) ? target['block_document_id'] : null;
  const documentId = typeof id === 'string' ? parseId(id) : null;
  if (documentId === null) {
    throw new ServerError(
      'BAD_REQUEST',
      `Received block reference without a block_document_id in key ${name}`,
    );
  }
  return { name, documentId };
};

/** Takes the references `{"$ref": {"block_document_id": …}}` out of the data; they count at the top level only. */
export const splitReferences = (given: JsonObject): SplitData => {
  const entries = Object.entries(given);
  return {
    data: Object.fromEntries(entries.filter(([, value]) => !isReference(value))),
    references: entries.flatMap(([name, value]) =>
      isReference(value) ? [toReference(name, value)] : [],
    ),
  };
};

/** The dotted paths of a schema's secrets. */
export const secretFieldsOf = ({ fields }: { readonly fields: Fields }): readonly string[] => {
  const { secret_fields: paths } = fields;
  if (!Array.isArray(paths)) return [];
  return paths.filter((path): path is string => typeof path === 'string');
};

export const sealData = (key: string, data: JsonObject): string =>
  encryptFernet(key, JSON.stringify(data));

/** Opens the data of a stored document. INVALID when the key is not the one it was sealed with. */
export const openData = (key: string | null, sealed: string): JsonObject => {
  if (key === null) {
    throw new ServerError('INVALID', 'The server has no key to read block documents with.');
  }
  const data = parseExactJson(decryptFernet(key, sealed));
  return isJsonObject(data) ? data : {};
};

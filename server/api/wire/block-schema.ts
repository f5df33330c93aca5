import { parseSpelledJson } from '#server/blocks/python-json.ts';
import { type Fields, isFields } from '#server/blocks/schema-checksum.ts';
import { NO_VERSION } from '#server/commands/block-schema/block-schema-commands.ts';
import type { BlockSchemaView } from '#server/queries/block-schema/read-block-schemas.ts';
import { formatInstant } from '#server/time.ts';

import { blockTypeToWire } from './block-type.ts';
import { text, uuid } from './pydantic/scalar.ts';
import { dictionary, model, texts } from './pydantic/shapes.ts';

/** The body that makes a block schema. */
export const newBlockSchema = model({
  fields: dictionary.default({}),
  block_type_id: uuid,
  capabilities: texts.default([]),
  version: text().default(NO_VERSION),
});

/** The fields in the text of such a body, whose numbers keep their spelling. */
export const spelledFields = (bodyText: string | null): Fields => {
  const body = bodyText === null ? null : parseSpelledJson(bodyText);
  const fields = isFields(body) ? body['fields'] : null;
  return isFields(fields) ? fields : {};
};

export const blockSchemaToWire = (schema: BlockSchemaView, own: string) => ({
  id: schema.id,
  created: formatInstant(schema.created),
  updated: formatInstant(schema.updated),
  checksum: schema.checksum,
  fields: schema.fields,
  block_type_id: schema.blockTypeId,
  block_type: blockTypeToWire(schema.blockType, own),
  capabilities: schema.capabilities,
  version: schema.version,
});

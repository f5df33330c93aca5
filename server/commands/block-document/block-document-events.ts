import type { BlockDocumentRow, BlockSchemaRow } from '#prisma/tables.ts';
import { secretFieldsOf } from '#server/blocks/document-data.ts';
import { maskSecrets } from '#server/blocks/secret-fields.ts';
import type { Script } from '#server/db/script.ts';
import { RESOURCE_ID, RESOURCE_ROLE } from '#server/events/event.ts';
import { lifecycleEvent } from '#server/events/lifecycle-event.ts';
import { recordChange, recordEvent } from '#server/events/record.ts';
import type { JsonObject } from '#server/json.ts';

export interface RecordedDocument {
  readonly document: BlockDocumentRow;
  readonly schema: BlockSchemaRow;
  readonly data: JsonObject;
}

/** What an event may tell of the data: texts that are no secrets. */
const openTexts = (data: JsonObject, secretFields: readonly string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(maskSecrets(data, secretFields)).filter(
      ([name, value]) => typeof value === 'string' && !secretFields.includes(name),
    ),
  );

/** Records that a document was made, changed or removed; nothing is told of anonymous ones. */
export function* recordBlockDocument(
  action: 'created' | 'updated' | 'deleted',
  { document, schema, data }: RecordedDocument,
): Script<void> {
  const { id, name, blockTypeId, blockSchemaId } = document;
  yield* recordChange({ topic: 'block-document', kind: action, entityId: id });
  if (document.isAnonymous) return;
  const typeName = document.blockTypeName ?? '';
  const payload = {
    name,
    data: openTexts(data, secretFieldsOf(schema)),
    block_schema: {
      capabilities: schema.capabilities,
      block_type: { id: blockTypeId, name: typeName },
    },
  };
  const related = [
    {
      [RESOURCE_ID]: `prefect.block-type.${blockTypeId}`,
      [RESOURCE_ROLE]: 'block-type',
      ...(typeName === '' ? {} : { 'prefect.resource.name': typeName }),
    },
    { [RESOURCE_ID]: `prefect.block-schema.${blockSchemaId}`, [RESOURCE_ROLE]: 'block-schema' },
  ];
  yield* recordEvent(
    lifecycleEvent({ kind: 'block-document', action, id, name, payload, related }),
  );
}

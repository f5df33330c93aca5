import type { BlockSchemaRow, BlockTypeRow } from '#prisma/tables.ts';
import { type Fields, schemaChecksum } from '#server/blocks/schema-checksum.ts';
import {
  type NestedSchema,
  nestedFields,
  nestedSchemas,
  storedFields,
} from '#server/blocks/schema-fields.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  deleteBlockSchemaRow,
  insertBlockSchema,
  insertBlockSchemaReference,
  readBlockSchemaRow,
  readBlockSchemaRowByChecksum,
  readBlockSchemaRowByVersion,
} from '#server/db/sql/block-schema-statements.ts';
import { readBlockTypeRow, readBlockTypeRowBySlug } from '#server/db/sql/block-type-statements.ts';
import { ServerError, notFound } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { clearStaleResultStorage } from '../admin-storage/result-storage.ts';

/** The version of schemas that were given none. */
export const NO_VERSION = 'non-versioned';

export interface NewBlockSchema {
  readonly blockTypeId: string;
  /** Its numbers keep the spelling they were sent in, because the checksum depends on it. */
  readonly fields: Fields;
  readonly capabilities?: readonly string[];
  readonly version?: string;
}

export interface AddedBlockSchema {
  readonly schema: BlockSchemaRow;
  readonly isCreated: boolean;
}

function* requireNestedType({ blockTypeSlug }: NestedSchema): Script<BlockTypeRow> {
  const found = yield* one(readBlockTypeRowBySlug(blockTypeSlug));
  if (found !== null) return found;
  // The words of Prefect's server, which leaves out a blank.
  throw new ServerError(
    'CONFLICT',
    `Cannot create block schema because block type '${blockTypeSlug}' was not found.Did you forget to register the block type?`,
    { details: { kind: 'Block type', key: blockTypeSlug } },
  );
}

function* requireNested(parent: Fields, nested: NestedSchema): Script<string> {
  const blockType = yield* requireNestedType(nested);
  const known = yield* one(readBlockSchemaRowByChecksum(nested.checksum));
  if (known !== null) return known.id;
  const fields = nestedFields(parent, nested);
  if (fields === null) {
    throw new ServerError(
      'INVALID',
      `Unable to create nested block schema for block type '${blockType.name}' due to missing definition.`,
    );
  }
  const { schema } = yield* addBlockSchema({ blockTypeId: blockType.id, fields });
  return schema.id;
}

/** Adds a schema and those nested in it in the running script, unless its checksum is known in that version. */
function* addBlockSchema({
  blockTypeId,
  fields,
  capabilities = [],
  version = NO_VERSION,
}: NewBlockSchema): Script<AddedBlockSchema> {
  const checksum = schemaChecksum(fields);
  const known = yield* one(readBlockSchemaRowByVersion(checksum, version));
  if (known !== null) return { schema: known, isCreated: false };
  const now = nowMicros();
  const content = [json(storedFields(fields)), json(capabilities)] as const;
  const schema = yield* one(
    insertBlockSchema(newId(), now, now, blockTypeId, checksum, version, ...content),
  );
  if (schema === null) {
    const faster = yield* one(readBlockSchemaRowByVersion(checksum, version));
    if (faster !== null) return { schema: faster, isCreated: false };
    throw new ServerError(
      'UNAVAILABLE',
      'The block schema is just being changed by somebody else.',
    );
  }
  for (const nested of nestedSchemas(fields)) {
    const nestedId = yield* requireNested(fields, nested);
    yield* run(insertBlockSchemaReference(newId(), now, now, nested.name, schema.id, nestedId));
  }
  return { schema, isCreated: true };
}

/**
 * Makes a schema of a block type, or gives the one with the same checksum and version. NOT_FOUND when there is no
 * such type, CONFLICT when that of a nested block is missing, INVALID when a nested block is not defined.
 */
export const createBlockSchema = (
  ctx: Context,
  blockSchema: NewBlockSchema,
): Promise<AddedBlockSchema> =>
  ctx.db.write(function* () {
    const { blockTypeId } = blockSchema;
    if ((yield* one(readBlockTypeRow(blockTypeId))) === null) {
      throw new ServerError('NOT_FOUND', `Block type ${blockTypeId} not found.`, {
        details: { kind: 'Block type', key: blockTypeId },
      });
    }
    return yield* addBlockSchema(blockSchema);
  });

/** Removes a schema with its documents. NOT_FOUND when there is none, PROTECTED when its type is. */
export const deleteBlockSchema = (ctx: Context, id: string): Promise<void> =>
  ctx.db.write(function* () {
    const stored = yield* one(readBlockSchemaRow(id));
    if (stored === null) throw notFound('Block schema', id);
    const blockType = yield* one(readBlockTypeRow(stored.blockTypeId));
    if (blockType?.isProtected === true) {
      throw new ServerError(
        'PROTECTED',
        'Block schemas for protected block types cannot be deleted.',
        { details: { currentId: stored.blockTypeId } },
      );
    }
    yield* run(deleteBlockSchemaRow(id));
    yield* clearStaleResultStorage();
  });

import { sql } from 'kysely';

import type { BlockSchemaRow, BlockTypeRow } from '#prisma/tables.ts';
import { parseSpelledJson } from '#server/blocks/python-json.ts';
import { type Fields, isFields } from '#server/blocks/schema-checksum.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { type Script, rows } from '#server/db/script.ts';

import { type BlockSchemaFilter, whereBlockSchema } from '../block-type/block-filters.ts';
import { rowsByKey } from '../block-type/rows-by-key.ts';
import type { Page } from '../page.ts';
import { readRows } from '../select.ts';

/** A schema with the type it belongs to. */
export interface BlockSchemaView extends Omit<BlockSchemaRow, 'fields'> {
  /** Their numbers are spelled as they were sent: whoever computes the checksum of an answer gets the same again. */
  readonly fields: Fields;
  readonly blockType: BlockTypeRow;
}

interface StoredSchema extends BlockSchemaRow {
  readonly fieldsText: string;
}

const schemasOf = (ctx: Context) =>
  ctx.db.builder
    .selectFrom('blockSchema')
    .selectAll('blockSchema')
    .select(sql<string>`CAST(block_schema.fields AS TEXT)`.as('fieldsText'));

const toView = (
  { fieldsText, ...schema }: StoredSchema,
  blockType: BlockTypeRow,
): BlockSchemaView => {
  const fields = parseSpelledJson(fieldsText);
  return { ...schema, fields: isFields(fields) ? fields : {}, blockType };
};

/** Adds their types to schemas; a schema whose type has just gone is left out. */
function* withTypes(
  ctx: Context,
  schemas: readonly StoredSchema[],
): Script<readonly BlockSchemaView[]> {
  const types = yield* rowsByKey(
    schemas.map(({ blockTypeId }) => blockTypeId),
    (ids) => ctx.db.builder.selectFrom('blockType').selectAll().where('id', 'in', ids),
  );
  const typesById = new Map(types.map((blockType) => [blockType.id, blockType]));
  return schemas.flatMap((schema) => {
    const blockType = typesById.get(schema.blockTypeId);
    return blockType === undefined ? [] : [toView(schema, blockType)];
  });
}

/** The schemas with the ids, in a script. */
export function* viewSchemas(
  ctx: Context,
  ids: readonly string[],
): Script<readonly BlockSchemaView[]> {
  const schemas = yield* rowsByKey(ids, (some) =>
    schemasOf(ctx).where('blockSchema.id', 'in', some),
  );
  return yield* withTypes(ctx, schemas);
}

/** The block schema with the id, or null. */
export const readBlockSchema = async (
  ctx: Context,
  id: string,
): Promise<BlockSchemaView | null> => {
  const [schema] = await ctx.db.read(() => viewSchemas(ctx, [id]));
  return schema ?? null;
};

/** The block schema with the checksum, or null; without a version the newest of them. */
export const readBlockSchemaByChecksum = async (
  ctx: Context,
  { checksum, version }: { readonly checksum: string; readonly version: string | null },
): Promise<BlockSchemaView | null> => {
  const filter = version === null ? {} : { version: { in: [version] } };
  const page = { limit: 1, offset: 0 };
  const [schema] = await filterBlockSchemas(ctx, {
    filter: { ...filter, checksum: { in: [checksum] } },
    page,
  });
  return schema ?? null;
};

/** The block schemas that the filter admits, the newest first. */
export const filterBlockSchemas = (
  ctx: Context,
  { filter, page }: { readonly filter: BlockSchemaFilter; readonly page: Page },
): Promise<readonly BlockSchemaView[]> =>
  ctx.db.read(function* () {
    const found = yield* rows(
      schemasOf(ctx)
        .where(whereBlockSchema(expressionsFor(ctx.db.dialect.name), filter))
        .orderBy('blockSchema.created', 'desc')
        .orderBy('blockSchema.id', 'desc')
        .limit(page.limit)
        .offset(page.offset),
    );
    return yield* withTypes(ctx, found);
  });

/** What the blocks of some schema can do, each capability once. */
export const listBlockCapabilities = async (ctx: Context): Promise<readonly string[]> => {
  const sets = await readRows(
    ctx,
    ctx.db.builder.selectFrom('blockSchema').select('capabilities').distinct(),
  );
  return [...new Set(sets.flatMap(({ capabilities }) => capabilities))].toSorted();
};

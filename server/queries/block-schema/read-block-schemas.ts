import type { BlockSchemaRow, BlockTypeRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import {
  readBlockSchemaRow,
  readBlockSchemaRowByChecksum,
  readBlockSchemaRowByVersion,
} from '#server/db/sql/block-schema-statements.ts';

import { type BlockSchemaFilter, whereBlockSchema } from '../block-type/block-filters.ts';
import { rowsByKey } from '../block-type/rows-by-key.ts';
import type { Page } from '../page.ts';
import { readRows } from '../select.ts';

/** A schema with the type it belongs to. */
export interface BlockSchemaView extends BlockSchemaRow {
  readonly blockType: BlockTypeRow;
}

/** Adds the types to schemas, in a script; a schema whose type has just gone is left out. */
export function* withTypes(
  ctx: Context,
  schemas: readonly BlockSchemaRow[],
): Script<readonly BlockSchemaView[]> {
  const types = yield* rowsByKey(
    schemas.map(({ blockTypeId }) => blockTypeId),
    (ids) => ctx.db.builder.selectFrom('blockType').selectAll().where('id', 'in', ids),
  );
  const typesById = new Map(types.map((blockType) => [blockType.id, blockType]));
  return schemas.flatMap((schema) => {
    const blockType = typesById.get(schema.blockTypeId);
    return blockType === undefined ? [] : [{ ...schema, blockType }];
  });
}

const readOne = (
  ctx: Context,
  find: () => Script<BlockSchemaRow | null>,
): Promise<BlockSchemaView | null> =>
  ctx.db.read(function* () {
    const schema = yield* find();
    const [view] = yield* withTypes(ctx, schema === null ? [] : [schema]);
    return view ?? null;
  });

/** The block schema with the id, or null. */
export const readBlockSchema = (ctx: Context, id: string): Promise<BlockSchemaView | null> =>
  readOne(ctx, () => one(readBlockSchemaRow(id)));

/** The block schema with the checksum, or null; without a version the newest of them. */
export const readBlockSchemaByChecksum = (
  ctx: Context,
  { checksum, version }: { readonly checksum: string; readonly version: string | null },
): Promise<BlockSchemaView | null> =>
  readOne(ctx, () =>
    one(
      version === null
        ? readBlockSchemaRowByChecksum(checksum)
        : readBlockSchemaRowByVersion(checksum, version),
    ),
  );

/** The block schemas that the filter admits, the newest first. */
export const filterBlockSchemas = (
  ctx: Context,
  { filter, page }: { readonly filter: BlockSchemaFilter; readonly page: Page },
): Promise<readonly BlockSchemaView[]> =>
  ctx.db.read(function* () {
    const found = yield* rows(
      ctx.db.builder
        .selectFrom('blockSchema')
        .selectAll('blockSchema')
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

import type { BlockTypeRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { one } from '#server/db/script.ts';
import { readBlockTypeRow, readBlockTypeRowBySlug } from '#server/db/sql/block-type-statements.ts';

import type { Page } from '../page.ts';
import { readRows } from '../select.ts';
import { type BlockScope, typesInScope } from './block-filters.ts';

/** The block type with the id, or null. */
export const readBlockType = (ctx: Context, id: string): Promise<BlockTypeRow | null> =>
  ctx.db.read(() => one(readBlockTypeRow(id)));

/** The block type with the slug, or null. */
export const readBlockTypeBySlug = (ctx: Context, slug: string): Promise<BlockTypeRow | null> =>
  ctx.db.read(() => one(readBlockTypeRowBySlug(slug)));

/** The block types in the scope, by name. */
export const filterBlockTypes = (
  ctx: Context,
  { scope, page }: { readonly scope: BlockScope; readonly page: Page },
): Promise<readonly BlockTypeRow[]> =>
  readRows(
    ctx,
    ctx.db.builder
      .selectFrom('blockType')
      .selectAll('blockType')
      .where(typesInScope(expressionsFor(ctx.db.dialect.name), scope))
      .orderBy('blockType.name')
      .orderBy('blockType.id')
      .limit(page.limit)
      .offset(page.offset),
  );

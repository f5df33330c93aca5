import { SYSTEM_BLOCKS, type SystemBlock } from '#server/blocks/system-blocks.ts';
import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import { protectBlockType, readBlockTypeRowBySlug } from '#server/db/sql/block-type-statements.ts';
import { nowMicros } from '#server/time.ts';

import { addBlockSchema } from '../block-schema/block-schema-commands.ts';
import { addBlockType } from './block-type-commands.ts';
import { recordBlockType } from './block-type-events.ts';

function* install({ fields, capabilities, ...texts }: SystemBlock, version: string): Script<void> {
  yield* addBlockType({ ...texts, isProtected: true });
  const protectedNow = yield* one(protectBlockType(nowMicros(), texts.slug));
  if (protectedNow !== null) yield* recordBlockType('updated', protectedNow);
  const blockType = yield* one(readBlockTypeRowBySlug(texts.slug));
  if (blockType === null) return;
  yield* addBlockSchema({ blockTypeId: blockType.id, fields, capabilities, version });
}

/** Installs the block types that flows rely on; what is there already stays as it is, but for its protection. */
export const installSystemBlocks = (ctx: Context): Promise<void> =>
  ctx.db.write(function* () {
    for (const block of SYSTEM_BLOCKS) yield* install(block, ctx.settings.prefectVersion);
  });

/** Installs them when the server starts, unless that is turned off by a setting. */
export const registerSystemBlocks = async (ctx: Context): Promise<void> => {
  if (ctx.settings.registerBlocksOnStart) await installSystemBlocks(ctx);
};

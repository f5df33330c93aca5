import type { BlockTypeRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  deleteBlockTypeRow,
  insertBlockType,
  lockBlockType,
  readBlockTypeRowBySlug,
  updateBlockTypeRow,
} from '#server/db/sql/block-type-statements.ts';
import { ServerError, notFound } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { nowMicros } from '#server/time.ts';

import { clearStaleResultStorage } from '../admin-storage/result-storage.ts';
import type { BlockTypeChanges } from './block-type-changes.ts';
import { recordBlockType } from './block-type-events.ts';
import { escapeHtml, unescapeHtml } from './html-text.ts';
import { withoutStockTexts } from './stock-registration.ts';

export interface NewBlockType extends BlockTypeChanges {
  readonly name: string;
  readonly slug: string;
  /** Whether the type and its schemas may not be deleted. */
  readonly isProtected?: boolean;
}

/** Adds a type in the running script; null when its slug is taken. */
function* addBlockType(blockType: NewBlockType): Script<BlockTypeRow | null> {
  const now = nowMicros();
  const { description, codeExample } = blockType;
  const row = yield* one(
    insertBlockType(
      newId(),
      now,
      now,
      blockType.name,
      blockType.slug,
      blockType.logoUrl ?? null,
      blockType.documentationUrl ?? null,
      typeof description === 'string' ? escapeHtml(description) : null,
      typeof codeExample === 'string' ? escapeHtml(codeExample) : null,
      blockType.isProtected ?? false,
    ),
  );
  if (row !== null) yield* recordBlockType('created', row);
  return row;
}

/** Makes a type; its texts are escaped for HTML. PROTECTED for a name that is reserved, CONFLICT when the slug is taken. */
export const createBlockType = (ctx: Context, blockType: NewBlockType): Promise<BlockTypeRow> =>
  ctx.db.write(function* () {
    const { name } = blockType;
    if (name.toLowerCase().startsWith('prefect')) {
      throw new ServerError('PROTECTED', "Block type names beginning with 'Prefect' are reserved.");
    }
    const row = yield* addBlockType(blockType);
    if (row !== null) return row;
    const namesake = yield* one(readBlockTypeRowBySlug(blockType.slug));
    throw new ServerError('CONFLICT', `Block type with name "${name}" already exists`, {
      details: { kind: 'Block type', name, existingId: namesake?.id },
    });
  });

function* requireBlockType(id: string): Script<BlockTypeRow> {
  const found = yield* one(lockBlockType(id));
  if (found === null) throw notFound('Block type', id);
  return found;
}

const isSameText = (text: string | null | undefined, stored: string | null): boolean => {
  if (typeof text !== 'string' || stored === null) return text === stored;
  return unescapeHtml(text) === unescapeHtml(stored);
};

// Clients send all of them whenever they register a block, which is no news when they are what is stored.
const saysNothingNew = (changes: BlockTypeChanges, stored: BlockTypeRow): boolean =>
  changes.logoUrl === stored.logoUrl &&
  changes.documentationUrl === stored.documentationUrl &&
  isSameText(changes.description, stored.description) &&
  isSameText(changes.codeExample, stored.codeExample);

const changed = (change: string | null | undefined, stored: string | null): string | null =>
  change === undefined ? stored : change;

/** Changes what a type says about itself, but for what stock clients say of shipped ones. NOT_FOUND when there is none. */
export const updateBlockType = (
  ctx: Context,
  { id, changes: given }: { readonly id: string; readonly changes: BlockTypeChanges },
): Promise<BlockTypeRow> =>
  ctx.db.write(function* () {
    const stored = yield* requireBlockType(id);
    const changes = withoutStockTexts(given, stored);
    if (saysNothingNew(changes, stored)) return stored;
    const row = {
      ...stored,
      logoUrl: changed(changes.logoUrl, stored.logoUrl),
      documentationUrl: changed(changes.documentationUrl, stored.documentationUrl),
      description: changed(changes.description, stored.description),
      codeExample: changed(changes.codeExample, stored.codeExample),
      updated: nowMicros(),
    };
    yield* run(
      updateBlockTypeRow(
        row.logoUrl,
        row.documentationUrl,
        row.description,
        row.codeExample,
        row.updated,
        id,
      ),
    );
    yield* recordBlockType('updated', row);
    return row;
  });

/** Removes a type with its schemas and documents. NOT_FOUND when there is none, PROTECTED when it may not go. */
export const deleteBlockType = (ctx: Context, id: string): Promise<void> =>
  ctx.db.write(function* () {
    const stored = yield* requireBlockType(id);
    if (stored.isProtected) {
      throw new ServerError('PROTECTED', 'protected block types cannot be deleted.', {
        details: { currentId: id },
      });
    }
    yield* run(deleteBlockTypeRow(id));
    yield* clearStaleResultStorage();
    yield* recordBlockType('deleted', stored);
  });

import type { BlockSchemaRow, BlockTypeRow } from '#prisma/tables.ts';
import {
  type ShippedBlockType,
  type ShippedSchema,
  catalogueHash,
  readCatalogue,
} from '#server/blocks/catalogue.ts';
import { logoPath } from '#server/blocks/logo.ts';
import { nestedSchemas } from '#server/blocks/schema-fields.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  insertBlockSchema,
  insertBlockSchemaReference,
  readBlockSchemaRowByChecksum,
} from '#server/db/sql/block-schema-statements.ts';
import {
  insertBlockType,
  protectBlockType,
  readBlockTypeRowBySlug,
} from '#server/db/sql/block-type-statements.ts';
import { putConfiguration } from '#server/db/sql/configuration-statements.ts';
import { readConfiguration } from '#server/db/sql/read-configuration.ts';
import { newId } from '#server/ids.ts';
import { isJsonObject, json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { recordBlockType } from './block-type-events.ts';
import { escapeHtml } from './html-text.ts';

/** Where it is kept which catalogue was installed last. */
const INSTALLED_CATALOGUE = 'prefect-server-block-catalogue';

/** Flows save and load it everywhere, so a database without it holds no catalogue, whatever was noted. */
const INDISPENSABLE = 'secret';

interface Added {
  readonly schema: BlockSchemaRow;
  readonly shipped: ShippedSchema;
}

const escaped = (text: string | undefined): string | null =>
  text === undefined ? null : escapeHtml(text);

/** Adds a type; null when its slug is taken. */
function* addType(shipped: ShippedBlockType): Script<BlockTypeRow | null> {
  const now = nowMicros();
  return yield* one(
    insertBlockType(
      newId(),
      now,
      now,
      shipped.name,
      shipped.slug,
      logoPath(shipped.logo),
      shipped.documentationUrl ?? null,
      escaped(shipped.description),
      escaped(shipped.codeExample),
      shipped.isProtected ?? false,
    ),
  );
}

/** Adds a schema of a type; null when its checksum is known in that version. */
function* addSchema(
  shipped: ShippedSchema,
  { blockTypeId, version }: { readonly blockTypeId: string; readonly version: string },
): Script<BlockSchemaRow | null> {
  const now = nowMicros();
  const content = [json(shipped.fields), json(shipped.capabilities)] as const;
  return yield* one(
    insertBlockSchema(newId(), now, now, blockTypeId, shipped.checksum, version, ...content),
  );
}

function* addSchemas(shipped: ShippedBlockType, prefectVersion: string): Script<readonly Added[]> {
  const blockType = yield* one(readBlockTypeRowBySlug(shipped.slug));
  if (blockType === null) return [];
  const added: Added[] = [];
  for (const given of shipped.schemas) {
    const version = given.version ?? prefectVersion;
    const schema = yield* addSchema(given, { blockTypeId: blockType.id, version });
    if (schema !== null) added.push({ schema, shipped: given });
  }
  return added;
}

function* addReferences({ schema, shipped }: Added): Script<void> {
  for (const { name, checksum } of nestedSchemas(shipped.fields)) {
    const nested = yield* one(readBlockSchemaRowByChecksum(checksum));
    if (nested === null) continue;
    const now = nowMicros();
    yield* run(insertBlockSchemaReference(newId(), now, now, name, schema.id, nested.id));
  }
}

interface Installation {
  readonly types: readonly ShippedBlockType[];
  readonly prefectVersion: string;
}

/** Adds what is missing and leaves the rest as it is, but for its protection; gives the types that changed. */
function* install({ types, prefectVersion }: Installation): Script<{
  readonly created: readonly BlockTypeRow[];
  readonly updated: readonly BlockTypeRow[];
}> {
  const created: BlockTypeRow[] = [];
  const updated: BlockTypeRow[] = [];
  const schemas: Added[] = [];
  for (const shipped of types) {
    const row = yield* addType(shipped);
    if (row !== null) created.push(row);
    else if (shipped.isProtected === true) {
      const protectedNow = yield* one(protectBlockType(nowMicros(), shipped.slug));
      if (protectedNow !== null) updated.push(protectedNow);
    }
    schemas.push(...(yield* addSchemas(shipped, prefectVersion)));
  }
  // A schema may refer to one that was added after it.
  for (const added of schemas) yield* addReferences(added);
  return { created, updated };
}

/** Installs the block types that flows rely on; what is there already stays as it is, but for its protection. */
export const installSystemBlocks = (ctx: Context): Promise<void> => {
  const types = readCatalogue()
    .flatMap(({ blockTypes }) => blockTypes)
    .filter(({ isProtected }) => isProtected === true);
  return ctx.db.write(function* () {
    const { prefectVersion } = ctx.settings;
    const { created, updated } = yield* install({ types, prefectVersion });
    for (const blockType of created) yield* recordBlockType('created', blockType);
    for (const blockType of updated) yield* recordBlockType('updated', blockType);
  });
};

function* isInstalled(hash: string): Script<boolean> {
  const noted = (yield* one(readConfiguration(INSTALLED_CATALOGUE)))?.value;
  if (noted === undefined || !isJsonObject(noted) || noted['hash'] !== hash) return false;
  return (yield* one(readBlockTypeRowBySlug(INDISPENSABLE))) !== null;
}

/**
 * Installs all shipped block types when the server starts, unless that is turned off by a setting or was done already:
 * what somebody has removed since then stays away until the catalogue changes. Nobody is told of it, as of nothing
 * that a server brings along.
 */
export const registerShippedBlocks = async (ctx: Context): Promise<void> => {
  const { memoizeBlockAutoRegistration, prefectVersion, registerBlocksOnStart } = ctx.settings;
  if (!registerBlocksOnStart) return;
  const hash = `${catalogueHash()} ${prefectVersion}`;
  if (memoizeBlockAutoRegistration && (await ctx.db.read(() => isInstalled(hash)))) return;
  const types = readCatalogue().flatMap(({ blockTypes }) => blockTypes);
  await ctx.db.write(function* () {
    yield* install({ types, prefectVersion });
    const now = nowMicros();
    yield* run(putConfiguration(newId(), now, now, INSTALLED_CATALOGUE, json({ hash })));
  });
};

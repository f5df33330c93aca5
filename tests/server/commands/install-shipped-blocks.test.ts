import { expect, test } from 'vitest';

import {
  deleteBlockType,
  updateBlockType,
} from '#server/commands/block-type/block-type-commands.ts';
import {
  installSystemBlocks,
  registerShippedBlocks,
} from '#server/commands/block-type/install-shipped-blocks.ts';
import type { Context } from '#server/context.ts';
import { one, run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import {
  filterBlockSchemas,
  listBlockCapabilities,
  readBlockSchemaByChecksum,
} from '#server/queries/block-schema/read-block-schemas.ts';
import {
  filterBlockTypes,
  readBlockTypeBySlug,
} from '#server/queries/block-type/read-block-types.ts';
import { withSettings } from '#server/settings.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const page = { limit: 200, offset: 0 };
const typesOf = (ctx: Context) => filterBlockTypes(ctx, { scope: {}, page });
const schemasOf = (ctx: Context) => filterBlockSchemas(ctx, { filter: {}, page });
const withoutProtection = statement(`UPDATE block_type SET is_protected = FALSE`);
const emptied = statement('DELETE FROM block_type');
const countReferences = statement<[], { readonly count: number }>(
  'SELECT count(*) AS count FROM block_schema_reference',
);
const countEvents = statement<[], { readonly count: number }>(
  'SELECT count(*) AS count FROM event',
);

describeEachDatabase('shipped block types', (db) => {
  test('stay away when the setting says so', async () => {
    const settings = withSettings(db.ctx.settings, { registerBlocksOnStart: false });
    await registerShippedBlocks({ ...db.ctx, settings });
    expect(await typesOf(db.ctx)).toEqual([]);
    expect(await schemasOf(db.ctx)).toEqual([]);
  });

  test('are there after a start, with their schemas and what these refer to, and nobody is told', async () => {
    await registerShippedBlocks(db.ctx);
    expect(await typesOf(db.ctx)).toHaveLength(54);
    expect(await schemasOf(db.ctx)).toHaveLength(64);
    expect(await db.ctx.db.read(() => one(countReferences()))).toEqual({ count: 26 });
    expect(await db.ctx.db.read(() => one(countEvents()))).toEqual({ count: 0 });
    expect(await listBlockCapabilities(db.ctx)).toEqual([
      'get-directory',
      'notify',
      'put-directory',
      'read-path',
      'write-path',
    ]);
  });

  test('are found by the checksum that a client computes and the version it has', async () => {
    const checksum = 'sha256:c078ed9c1e813e224c0b353d7ad4564a11d51d3198d9ac0686478165a1911c78';
    const { prefectVersion } = db.ctx.settings;
    const schema = await readBlockSchemaByChecksum(db.ctx, { checksum, version: prefectVersion });
    expect(schema?.blockType.slug).toBe('secret');
    expect(schema?.fields['secret_fields']).toEqual(['value', 'value']);
  });

  test('stay as they are when a stock client registers its own class', async () => {
    const logoUrl = 'https://raw.githubusercontent.com/PrefectHQ/prefect/1/logos/slack.png';
    const stored = await readBlockTypeBySlug(db.ctx, 'slack-webhook');
    const { documentationUrl = null, id = '' } = stored ?? {};
    const changes = { logoUrl, documentationUrl, description: 'Other words.', codeExample: 'x' };
    await updateBlockType(db.ctx, { id, changes });
    expect(await readBlockTypeBySlug(db.ctx, 'slack-webhook')).toEqual(stored);
    expect(await db.ctx.db.read(() => one(countEvents()))).toEqual({ count: 0 });
  });

  test('follow a client to where the documentation has moved', async () => {
    const logoUrl = 'https://images.ctfassets.net/gm98wzqotmnx/1/dbt.png';
    const stored = await readBlockTypeBySlug(db.ctx, 'dbt-cli-profile');
    const documentationUrl = 'https://example.com/moved';
    await updateBlockType(db.ctx, {
      id: stored?.id ?? '',
      changes: { logoUrl, documentationUrl, description: 'Other words.' },
    });
    expect(await readBlockTypeBySlug(db.ctx, 'dbt-cli-profile')).toEqual({
      ...stored,
      documentationUrl,
      updated: expect.anything(),
    });
  });

  test('change when somebody has words or a logo of their own for them', async () => {
    const stored = await readBlockTypeBySlug(db.ctx, 'twilio-sms');
    const changes = { logoUrl: 'https://example.com/sms.svg', description: 'Ours.' };
    await updateBlockType(db.ctx, { id: stored?.id ?? '', changes });
    expect(await readBlockTypeBySlug(db.ctx, 'twilio-sms')).toMatchObject(changes);
  });

  test('are left alone by the next start, also where one was removed', async () => {
    const removed = await readBlockTypeBySlug(db.ctx, 'aws-secret');
    await deleteBlockType(db.ctx, removed?.id ?? '');
    const before = await typesOf(db.ctx);
    await registerShippedBlocks(db.ctx);
    expect(before).toHaveLength(53);
    expect(await typesOf(db.ctx)).toEqual(before);
  });

  test('are brought up to date by every start when the setting says so', async () => {
    const settings = withSettings(db.ctx.settings, { memoizeBlockAutoRegistration: false });
    await registerShippedBlocks({ ...db.ctx, settings });
    expect(await typesOf(db.ctx)).toHaveLength(54);
  });

  test('are installed for another version of Prefect beside those that are there', async () => {
    const settings = withSettings(db.ctx.settings, { prefectVersion: '3.9.9' });
    await registerShippedBlocks({ ...db.ctx, settings });
    expect(await typesOf(db.ctx)).toHaveLength(54);
    const schemas = await schemasOf(db.ctx);
    const versions = schemas
      .filter(({ blockType }) => blockType.slug === 'webhook')
      .map(({ version }) => version);
    expect(versions.toSorted()).toEqual([db.ctx.settings.prefectVersion, '3.9.9'].toSorted());
  });

  test('come back when the database was emptied', async () => {
    await db.ctx.db.write(() => run(emptied()));
    await registerShippedBlocks(db.ctx);
    expect(await typesOf(db.ctx)).toHaveLength(54);
  });

  test('come under protection again on demand, of which those who watch are told', async () => {
    await db.ctx.db.write(() => run(withoutProtection()));
    await installSystemBlocks(db.ctx);
    const types = await typesOf(db.ctx);
    expect(types.filter(({ isProtected }) => isProtected)).toHaveLength(3);
    expect((await db.ctx.db.read(() => one(countEvents())))?.count).toBeGreaterThanOrEqual(3);
  });
});

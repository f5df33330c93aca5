import { expect, test } from 'vitest';

import { decryptFernet, newFernetKey } from '#server/blocks/fernet.ts';
import {
  createBlockDocument,
  deleteBlockDocument,
  updateBlockDocument,
} from '#server/commands/block-document/block-document-commands.ts';
import { one, rows } from '#server/db/script.ts';
import { readBlockDocumentRow } from '#server/db/sql/block-document-statements.ts';
import { readConfiguration } from '#server/db/sql/read-configuration.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { readBlockDocument } from '#server/queries/block-document/read-block-documents.ts';
import { withSettings } from '#server/settings.ts';
import { buildBlock, buildDocument, referenceTo } from '#tests/support/blocks.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const eventsAbout = statement<
  [resourceId: string],
  { readonly event: string; readonly payload: unknown; readonly related: unknown }
>('SELECT event, payload, related FROM event WHERE resource_id = ? ORDER BY seq');

describeEachDatabase('block documents', (db) => {
  const changeData = (id: string, data: JsonObject) =>
    updateBlockDocument(db.ctx, { id, changes: { data, mergesData: true } });

  const dataOf = async (id: string) =>
    (await readBlockDocument(db.ctx, { id, includesSecrets: true }))?.data;

  test('an unknown type, schema or referenced document is refused', async () => {
    const block = await buildBlock(db.ctx, { slug: 'refused' });
    const document = { ...block, name: 'd', isAnonymous: false, data: {} };
    await expect(
      createBlockDocument(db.ctx, { ...document, blockTypeId: newId() }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      createBlockDocument(db.ctx, { ...document, blockSchemaId: newId() }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(
      createBlockDocument(db.ctx, { ...document, data: { a: referenceTo(newId()) } }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(
      createBlockDocument(db.ctx, { ...document, data: { a: { $ref: {} } } }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(deleteBlockDocument(db.ctx, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a document cannot come to contain itself, by whatever way', async () => {
    const block = await buildBlock(db.ctx, { slug: 'circle' });
    const a = await buildDocument(db.ctx, block, { name: 'a' });
    const b = await buildDocument(db.ctx, block, { name: 'b', data: { next: referenceTo(a) } });
    const c = await buildDocument(db.ctx, block, { name: 'c', data: { next: referenceTo(b) } });
    for (const target of [a, b, c]) {
      await expect(changeData(a, { next: referenceTo(target) })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    }
    expect(await dataOf(c)).toEqual({ next: { next: {} } });
  });

  test('two changes at once cannot close a circle together', async () => {
    const block = await buildBlock(db.ctx, { slug: 'race' });
    const a = await buildDocument(db.ctx, block, { name: 'a' });
    const b = await buildDocument(db.ctx, block, { name: 'b' });
    const outcomes = await Promise.allSettled([
      changeData(a, { next: referenceTo(b) }),
      changeData(b, { next: referenceTo(a) }),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('the data is sealed with one key, which is made when it is first needed', async () => {
    const block = await buildBlock(db.ctx, { slug: 'sealed' });
    const id = await buildDocument(db.ctx, block, { name: 'd', data: { word: 'hush', n: [1.5] } });
    await buildDocument(db.ctx, block, { name: 'e' });
    const row = await db.ctx.db.read(() => one(readBlockDocumentRow(id)));
    expect(row?.data).not.toContain('hush');
    const stored = await db.ctx.db.read(() => one(readConfiguration('ENCRYPTION_KEY')));
    const made = stored?.value as { readonly fernet_key: string } | undefined;
    expect(JSON.parse(decryptFernet(made?.fernet_key ?? '', row?.data ?? ''))).toEqual({
      word: 'hush',
      n: [1.5],
    });
  });

  test('a key from the settings is used instead, and needed to read again, but not to remove', async () => {
    const block = await buildBlock(db.ctx, { slug: 'keyed' });
    const encryptionKey = newFernetKey();
    const keyed = { ...db.ctx, settings: withSettings(db.ctx.settings, { encryptionKey }) };
    const id = await buildDocument(keyed, block, { name: 'd', data: { a: 1 } });
    expect((await readBlockDocument(keyed, { id, includesSecrets: true }))?.data).toEqual({ a: 1 });
    await expect(dataOf(id)).rejects.toMatchObject({ code: 'INVALID' });
    await deleteBlockDocument(db.ctx, id);
    expect(await readBlockDocument(keyed, { id, includesSecrets: true })).toBeNull();
  });

  test('each step of its life is an event that tells no secret', async () => {
    const block = await buildBlock(db.ctx, {
      slug: 'told',
      secretFields: ['token'],
      capabilities: ['read'],
    });
    const data = { url: 'u', token: 'hush', n: 1, deep: { text: 'x' } };
    const id = await buildDocument(db.ctx, block, { name: 'told', data });
    await changeData(id, { url: 'v' });
    await deleteBlockDocument(db.ctx, id);
    const events = await db.ctx.db.read(() => rows(eventsAbout(`prefect.block-document.${id}`)));
    const payload = (url: string) => ({
      name: 'told',
      data: { url },
      block_schema: {
        capabilities: ['read'],
        block_type: { id: block.blockTypeId, name: 'The told' },
      },
    });
    expect(events.map((event) => [event.event, event.payload])).toEqual([
      ['prefect.block-document.created', payload('u')],
      ['prefect.block-document.updated', payload('v')],
      ['prefect.block-document.deleted', payload('v')],
    ]);
    expect(events[0]?.related).toEqual([
      {
        'prefect.resource.id': `prefect.block-type.${block.blockTypeId}`,
        'prefect.resource.role': 'block-type',
        'prefect.resource.name': 'The told',
      },
      {
        'prefect.resource.id': `prefect.block-schema.${block.blockSchemaId}`,
        'prefect.resource.role': 'block-schema',
      },
    ]);
  });

  test('nothing is told of an anonymous one', async () => {
    const block = await buildBlock(db.ctx, { slug: 'silent' });
    const { id, name } = await createBlockDocument(db.ctx, {
      ...block,
      name: null,
      isAnonymous: true,
      data: {},
    });
    await deleteBlockDocument(db.ctx, id);
    expect(name).toMatch(/^anonymous-[0-9a-f-]{36}$/);
    expect(await db.ctx.db.read(() => rows(eventsAbout(`prefect.block-document.${id}`)))).toEqual(
      [],
    );
  });

  test('what is nested too deeply is refused to readers, and can still be changed', async () => {
    const block = await buildBlock(db.ctx, { slug: 'deep' });
    let id = await buildDocument(db.ctx, block, { name: 'd0' });
    for (let depth = 1; depth <= 51; depth += 1) {
      id = await buildDocument(db.ctx, block, {
        name: `d${depth}`,
        data: { next: referenceTo(id) },
      });
    }
    await expect(dataOf(id)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await updateBlockDocument(db.ctx, { id, changes: { data: {}, mergesData: false } });
    expect(await dataOf(id)).toEqual({});
  });

  test('references that fork at every level do not multiply without end', async () => {
    const block = await buildBlock(db.ctx, { slug: 'fork' });
    let id = await buildDocument(db.ctx, block, { name: 'f0' });
    for (let depth = 1; depth <= 20; depth += 1) {
      const data = { left: referenceTo(id), right: referenceTo(id) };
      id = await buildDocument(db.ctx, block, { name: `f${depth}`, data });
    }
    await expect(dataOf(id)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

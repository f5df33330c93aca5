import { afterAll, beforeAll, expect, test } from 'vitest';

import { rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { buildBlock, buildDocument } from '#tests/support/blocks.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const eventsAbout = statement<[resourceId: string], { readonly event: string }>(
  'SELECT event FROM event WHERE resource_id = ? ORDER BY seq',
);

describeEachDatabase('block types over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  const create = async (body: object): Promise<string> => {
    const { json } = await api.call('POST', '/block_types/', body);
    return (json as { readonly id: string }).id;
  };

  test.each([
    [{ name: 'a/b', slug: 'a' }, 'string_pattern_mismatch', ['body', 'name']],
    [{ name: 'A', slug: 'A' }, 'value_error', ['body', 'slug']],
    [{ slug: 'a' }, 'missing', ['body', 'name']],
    [{ name: 'A', slug: 'a', logo_url: 1 }, 'string_type', ['body', 'logo_url']],
    [{ name: 'A', slug: 'a', more: 1 }, 'extra_forbidden', ['body', 'more']],
  ])(
    'a body that does not fit is refused with the fault and its place (%#)',
    async (body, type, loc) => {
      const answer = await api.call('POST', '/block_types/', body);
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({ exception_detail: [{ type, loc }] });
    },
  );

  test('an unknown type is 404 whatever is asked of it', async () => {
    const path = `/block_types/${newId()}`;
    for (const [method, address, body] of [
      ['GET', path],
      ['PATCH', path, {}],
      ['DELETE', path],
      ['GET', '/block_types/slug/nobody'],
      ['GET', '/block_types/slug/nobody/block_documents'],
    ] as const) {
      const answer = await api.call(method, address, body);
      expect([answer.status, answer.json]).toEqual([404, { detail: 'Block type not found' }]);
    }
  });

  test('a reserved name and a slug that is taken are refused', async () => {
    const reserved = await api.call('POST', '/block_types/', { name: 'preFECT x', slug: 'p' });
    expect(reserved.status).toBe(403);
    await create({ name: 'Once', slug: 'once' });
    const again = await api.call('POST', '/block_types/', { name: 'Twice', slug: 'once' });
    expect(again.status).toBe(409);
    expect(again.json).toEqual({ detail: 'Block type with name "Twice" already exists' });
  });

  test('texts are escaped when a type is made, and a repetition of them changes nothing', async () => {
    const texts = { description: 'a < b & c', code_example: '"x" > 1' };
    const empty = { logo_url: null, documentation_url: null };
    const id = await create({ name: 'Told', slug: 'told', ...texts });
    const made = (await api.call('GET', `/block_types/${id}`)).json;
    expect(made).toMatchObject({ description: 'a &lt; b &amp; c', code_example: '"x" &gt; 1' });
    expect((await api.call('PATCH', `/block_types/${id}`, { ...texts, ...empty })).status).toBe(
      204,
    );
    expect((await api.call('GET', `/block_types/${id}`)).json).toEqual(made);
    await api.call('PATCH', `/block_types/${id}`, { description: 'new <i>' });
    const { json } = await api.call('GET', '/block_types/slug/told');
    expect(json).toMatchObject({ id, description: 'new <i>', code_example: '"x" &gt; 1' });
    const events = await db.ctx.db.read(() => rows(eventsAbout(`prefect.block-type.${id}`)));
    expect(events).toEqual([
      { event: 'prefect.block-type.created' },
      { event: 'prefect.block-type.updated' },
    ]);
  });

  test('a type goes with its schemas and documents', async () => {
    const block = await buildBlock(db.ctx, { slug: 'short-lived' });
    const id = await buildDocument(db.ctx, block, { name: 'd' });
    expect((await api.call('DELETE', `/block_types/${block.blockTypeId}`)).status).toBe(204);
    expect((await api.call('GET', `/block_schemas/${block.blockSchemaId}`)).status).toBe(404);
    expect((await api.call('GET', `/block_documents/${id}`)).status).toBe(404);
  });

  test('types are found by name, slug and what their blocks can do', async () => {
    await buildBlock(db.ctx, { slug: 'find-b', capabilities: ['find', 'read'] });
    await buildBlock(db.ctx, { slug: 'find-a', capabilities: ['find'] });
    const slugsOf = async (body: object): Promise<readonly unknown[]> => {
      const { json } = await api.call('POST', '/block_types/filter', body);
      return (json as readonly { readonly slug: string }[]).map(({ slug }) => slug);
    };
    expect(await slugsOf({ block_types: { name: { like_: 'FIND' } } })).toEqual([
      'find-a',
      'find-b',
    ]);
    expect(await slugsOf({ block_types: { slug: { any_: ['find-b'] } } })).toEqual(['find-b']);
    const capable = (all: readonly string[]) => ({
      block_schemas: { block_capabilities: { all_: all } },
    });
    expect(await slugsOf(capable(['find', 'read']))).toEqual(['find-b']);
    expect(await slugsOf({ ...capable(['find']), limit: 1, offset: 1 })).toEqual(['find-b']);
    const { status } = await api.call('POST', '/block_types/filter', {
      block_types: { operator: 'or_' },
    });
    expect(status).toBe(422);
  });

  test('the types that flows rely on can be installed any number of times, and not removed', async () => {
    const early = await create({ name: 'Secret', slug: 'secret' });
    for (let time = 0; time < 2; time += 1) {
      const answer = await api.call('POST', '/block_types/install_system_block_types');
      expect([answer.status, answer.json]).toEqual([200, null]);
    }
    for (const slug of ['secret', 'local-file-system', 'webhook']) {
      const { json } = await api.call('GET', `/block_types/slug/${slug}`);
      expect(json).toMatchObject({ slug, is_protected: true });
      const { id } = json as { readonly id: string };
      expect((await api.call('DELETE', `/block_types/${id}`)).status).toBe(403);
      const found = await api.call('POST', '/block_schemas/filter', {
        block_schemas: { block_type_id: { any_: [id] } },
      });
      expect(found.json).toMatchObject([{ version: db.ctx.settings.prefectVersion }]);
      const [schema] = found.json as readonly { readonly id: string }[];
      expect((await api.call('DELETE', `/block_schemas/${schema?.id}`)).status).toBe(403);
    }
    expect((await api.call('GET', `/block_types/${early}`)).json).toMatchObject({ slug: 'secret' });
  });
});

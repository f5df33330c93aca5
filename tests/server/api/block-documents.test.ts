import { afterAll, beforeAll, expect, test } from 'vitest';

import { createBlockSchema } from '#server/commands/block-schema/block-schema-commands.ts';
import { newId } from '#server/ids.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { buildBlock, buildDocument, referenceTo } from '#tests/support/blocks.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

describeEachDatabase('block documents over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  const dataOf = async (id: string, query = ''): Promise<unknown> => {
    const { json } = await api.call('GET', `/block_documents/${id}${query}`);
    return (json as { readonly data: unknown }).data;
  };

  const patch = async (id: string, body: object): Promise<number> =>
    (await api.call('PATCH', `/block_documents/${id}`, body)).status;

  const ids = { block_type_id: newId(), block_schema_id: newId() };
  test.each([
    [[], 'model_attributes_type', ['body']],
    [{ ...ids }, 'value_error', ['body']],
    [{ ...ids, name: '', more: 1 }, 'value_error', ['body']],
    [{ ...ids, name: 'a/b' }, 'string_pattern_mismatch', ['body', 'name']],
    [{ ...ids, name: 'Doc A' }, 'value_error', ['body', 'name']],
    [{ ...ids, name: 'a', data: [] }, 'dict_type', ['body', 'data']],
    [{ name: 'a', block_type_id: newId() }, 'missing', ['body', 'block_schema_id']],
    [{ ...ids, name: 'a', more: 1 }, 'extra_forbidden', ['body', 'more']],
  ])(
    'a body that does not fit is refused with the fault and its place (%#)',
    async (body, type, loc) => {
      const answer = await api.call('POST', '/block_documents/', body);
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({ exception_detail: [{ type, loc }] });
    },
  );

  test('an unknown document is 404 whatever is asked of it', async () => {
    const path = `/block_documents/${newId()}`;
    for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
      const answer = await api.call(method, path, body);
      expect([answer.status, answer.json]).toEqual([404, { detail: 'Block document not found' }]);
    }
  });

  test('a name that its type has already is refused, and free for another type', async () => {
    const [one, other] = [
      await buildBlock(db.ctx, { slug: 'name-one' }),
      await buildBlock(db.ctx, { slug: 'name-other' }),
    ];
    await buildDocument(db.ctx, one, { name: 'same' });
    const body = {
      name: 'same',
      block_type_id: one.blockTypeId,
      block_schema_id: one.blockSchemaId,
    };
    const answer = await api.call('POST', '/block_documents/', body);
    expect([answer.status, answer.json]).toEqual([409, { detail: 'Block already exists' }]);
    await buildDocument(db.ctx, other, { name: 'same' });
  });

  test('a document cannot move to a schema of another type', async () => {
    const block = await buildBlock(db.ctx, { slug: 'moving' });
    const other = await buildBlock(db.ctx, { slug: 'elsewhere' });
    const id = await buildDocument(db.ctx, block, { name: 'd', data: { a: 1 } });
    expect(await patch(id, { block_schema_id: other.blockSchemaId, data: {} })).toBe(400);
    expect(await patch(id, { block_schema_id: newId(), data: {} })).toBe(404);
    const { schema } = await createBlockSchema(db.ctx, {
      blockTypeId: block.blockTypeId,
      fields: { title: 'moving', type: 'object', new: true },
    });
    expect(await patch(id, { block_schema_id: schema.id, data: {} })).toBe(204);
    const { json } = await api.call('GET', `/block_documents/${id}`);
    expect(json).toMatchObject({ block_schema_id: schema.id, data: { a: 1 } });
  });

  test('secrets are masked unless they are asked for', async () => {
    const block = await buildBlock(db.ctx, { slug: 'masked', secretFields: ['token', 'deep.*'] });
    const data = { url: 'u', token: 'hush', deep: { a: { b: 1 } }, none: null };
    const masked = { ...data, token: '********', deep: { a: { b: '********' } } };
    const created = await api.call('POST', '/block_documents/', {
      name: 'd',
      data,
      block_type_id: block.blockTypeId,
      block_schema_id: block.blockSchemaId,
    });
    expect([created.status, created.json]).toMatchObject([201, { data: masked }]);
    const { id } = created.json as { readonly id: string };
    expect(await dataOf(id)).toEqual(masked);
    expect(await dataOf(id, '?include_secrets=true')).toEqual(data);
    const filter = { block_documents: { id: { any_: [id] } } };
    const listed = await api.call('POST', '/block_documents/filter', filter);
    expect(listed.json).toMatchObject([{ data: masked }]);
    const open = await api.call('POST', '/block_documents/filter', {
      ...filter,
      include_secrets: true,
    });
    expect(open.json).toMatchObject([{ data }]);
    const path = '/block_types/slug/masked/block_documents/name/d';
    expect((await api.call('GET', path)).json).toMatchObject({ data: masked });
    expect((await api.call('GET', `${path}?include_secrets=1`)).json).toMatchObject({ data });
  });

  test('numbers are told as they were sent, whatever a number of JavaScript can carry', async () => {
    const { blockTypeId, blockSchemaId } = await buildBlock(db.ctx, {
      slug: 'numbers',
      secretFields: ['hidden.*'],
    });
    const data =
      '{"whole": 1.0, "large": 12345678901234567890, "list": [1e3, 2], "hidden": {"n": 1.0}}';
    const created = await api.call(
      'POST',
      '/block_documents/',
      `{"name": "n", "block_type_id": "${blockTypeId}", "block_schema_id": "${blockSchemaId}", "data": ${data}}`,
    );
    const { id } = created.json as { readonly id: string };
    expect(created.text).toContain(
      '"data":{"whole":1.0,"large":12345678901234567890,"list":[1e3,2],"hidden":{"n":"********"}}',
    );
    await api.call(
      'PATCH',
      `/block_documents/${id}`,
      '{"data": {"whole": 2.0, "hidden": {"n": "********"}}}',
    );
    const read = await api.call('GET', `/block_documents/${id}?include_secrets=true`);
    expect(read.text).toContain(
      '"data":{"whole":2.0,"large":12345678901234567890,"list":[1e3,2],"hidden":{"n":1.0}}',
    );
  });

  test('a change merges or replaces, and a secret that comes back masked stays', async () => {
    const block = await buildBlock(db.ctx, { slug: 'changed', secretFields: ['token', 'deep.*'] });
    const data = { url: 'u', token: 'hush', deep: { a: 1 } };
    const id = await buildDocument(db.ctx, block, { name: 'd', data });
    expect(await patch(id, {})).toBe(204);
    expect(await dataOf(id, '?include_secrets=1')).toEqual(data);
    const returned = { url: 'v', token: '********', deep: { a: '********', b: 'new' } };
    expect(await patch(id, { data: returned })).toBe(204);
    expect(await dataOf(id, '?include_secrets=1')).toEqual({
      url: 'v',
      token: 'hush',
      deep: { a: 1, b: 'new' },
    });
    await patch(id, { data: { token: '********' }, merge_existing_data: false });
    expect(await dataOf(id, '?include_secrets=1')).toEqual({ token: 'hush' });
  });

  test('a document shows the data of those it refers to, and loses it with them', async () => {
    const inner = await buildBlock(db.ctx, { slug: 'shown-inner', secretFields: ['pw'] });
    const outer = await buildBlock(db.ctx, { slug: 'shown-outer' });
    const bottom = await buildDocument(db.ctx, inner, { name: 'bottom', data: { pw: 'x', n: 1 } });
    const middle = await buildDocument(db.ctx, outer, {
      name: 'middle',
      data: { below: referenceTo(bottom) },
    });
    const top = await buildDocument(db.ctx, outer, {
      name: 'top',
      data: { own: true, left: referenceTo(middle), right: referenceTo(bottom) },
    });
    const { json } = await api.call('GET', `/block_documents/${top}`);
    const hidden = { pw: '********', n: 1 };
    expect(json).toMatchObject({
      data: { own: true, left: { below: hidden }, right: hidden },
      block_document_references: {
        left: {
          block_document: {
            id: middle,
            name: 'middle',
            block_type: { slug: 'shown-outer' },
            is_anonymous: false,
            block_document_references: { below: { block_document: { id: bottom } } },
          },
        },
        right: { block_document: { id: bottom, block_document_references: {} } },
      },
    });
    await patch(top, { data: { left: referenceTo(middle), right: 'plain' } });
    expect(await dataOf(top)).toEqual({ own: true, left: { below: hidden }, right: 'plain' });
    await api.call('DELETE', `/block_documents/${bottom}`);
    expect(await dataOf(top)).toEqual({ own: true, left: {}, right: 'plain' });
  });

  test('lists leave anonymous documents out unless they are asked about', async () => {
    const block = await buildBlock(db.ctx, { slug: 'anonymous', capabilities: ['odd'] });
    const named = await buildDocument(db.ctx, block, { name: 'named' });
    const body = { block_type_id: block.blockTypeId, block_schema_id: block.blockSchemaId };
    const { json } = await api.call('POST', '/block_documents/', { ...body, is_anonymous: true });
    const { id: unnamed } = json as { readonly id: string };
    const scope = { block_types: { slug: { any_: ['anonymous'] } } };
    const idsOf = async (more: object): Promise<readonly string[]> => {
      const answer = await api.call('POST', '/block_documents/filter', { ...scope, ...more });
      return (answer.json as readonly { readonly id: string }[]).map(({ id }) => id);
    };
    expect(await idsOf({})).toEqual([named]);
    expect(await idsOf({ block_documents: {} })).toEqual([named]);
    expect(await idsOf({ block_documents: { is_anonymous: null } })).toEqual([unnamed, named]);
    expect(await idsOf({ block_documents: { is_anonymous: { eq_: true } } })).toEqual([unnamed]);
    expect(
      await idsOf({
        block_documents: { is_anonymous: null },
        block_schemas: { block_capabilities: { all_: ['odd'] } },
        sort: 'NAME_DESC',
        limit: 1,
      }),
    ).toEqual([named]);
    expect((await api.call('POST', '/block_documents/count', scope)).json).toBe(1);
    const bySlug = await api.call('GET', '/block_types/slug/anonymous/block_documents');
    expect(bySlug.json).toMatchObject([{ id: named }]);
    expect(bySlug.json).toHaveLength(1);
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';

import { parseSpelledJson } from '#server/blocks/python-json.ts';
import { schemaChecksum } from '#server/blocks/schema-checksum.ts';
import { createBlockType } from '#server/commands/block-type/block-type-commands.ts';
import { newId } from '#server/ids.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

interface Schema {
  readonly id: string;
  readonly checksum: string;
  readonly fields: unknown;
}

describeEachDatabase('block schemas over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  const typeOf = async (slug: string): Promise<string> =>
    (await createBlockType(db.ctx, { name: slug, slug })).id;

  const create = async (body: object): Promise<Schema> => {
    const { json } = await api.call('POST', '/block_schemas/', body);
    return json as Schema;
  };

  test.each([
    [{}, 'missing', ['body', 'block_type_id']],
    [{ block_type_id: 'x' }, 'uuid_parsing', ['body', 'block_type_id']],
    [{ block_type_id: newId(), fields: [] }, 'dict_type', ['body', 'fields']],
    [{ block_type_id: newId(), capabilities: [1] }, 'string_type', ['body', 'capabilities', 0]],
  ])(
    'a body that does not fit is refused with the fault and its place (%#)',
    async (body, type, loc) => {
      const answer = await api.call('POST', '/block_schemas/', body);
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({ exception_detail: [{ type, loc }] });
    },
  );

  test('a schema of an unknown type is refused, and an unknown schema is 404', async () => {
    const id = newId();
    const answer = await api.call('POST', '/block_schemas/', { block_type_id: id });
    expect([answer.status, answer.json]).toEqual([404, { detail: `Block type ${id} not found.` }]);
    for (const [method, path] of [
      ['GET', `/block_schemas/${id}`],
      ['DELETE', `/block_schemas/${id}`],
      ['GET', '/block_schemas/checksum/sha256:0'],
    ] as const) {
      const missing = await api.call(method, path);
      expect([missing.status, missing.json]).toEqual([404, { detail: 'Block schema not found' }]);
    }
  });

  test('nested blocks need a type and a definition; nothing is stored without', async () => {
    const blockTypeId = await typeOf('incomplete');
    await typeOf('undefined');
    const fields = (slug: string) => ({
      properties: { a: { $ref: '#/definitions/A' } },
      block_schema_references: { a: { block_type_slug: slug, block_schema_checksum: 'sha256:0' } },
    });
    for (const [slug, status] of [
      ['nobody', 409],
      ['undefined', 422],
    ] as const) {
      const body = { block_type_id: blockTypeId, fields: fields(slug) };
      expect((await api.call('POST', '/block_schemas/', body)).status).toBe(status);
    }
    const filter = { block_schemas: { block_type_id: { any_: [blockTypeId] } } };
    expect((await api.call('POST', '/block_schemas/filter', filter)).json).toEqual([]);
  });

  test('the same fields and version are the same schema, another version is not', async () => {
    const block_type_id = await typeOf('versions');
    const body = { block_type_id, fields: { title: 'V' }, version: '1' };
    const first = await create(body);
    const again = await api.call('POST', '/block_schemas/', { ...body, capabilities: ['x'] });
    expect([again.status, (again.json as Schema).id]).toEqual([200, first.id]);
    const second = await create({ ...body, version: '2' });
    expect(second.checksum).toBe(first.checksum);
    const path = `/block_schemas/checksum/${first.checksum}`;
    expect((await api.call('GET', path)).json).toMatchObject({ id: second.id });
    expect((await api.call('GET', `${path}?version=1`)).json).toMatchObject({ id: first.id });
    expect((await api.call('GET', `${path}?version=3`)).status).toBe(404);
  });

  test('numbers count as they are spelled: 1.0 is another schema than 1', async () => {
    const block_type_id = await typeOf('spelled');
    const spellings = [
      ['1.0', '1.0'],
      ['1', '1'],
      ['1e2', '100.0'],
    ] as const;
    const checksums = spellings.map(async ([sent, seen]) => {
      const fields = `{"properties": {"n": {"default": ${sent}}}}`;
      const body = `{"block_type_id": "${block_type_id}", "fields": ${fields}}`;
      const answer = await api.call('POST', '/block_schemas/', body);
      const { id, checksum } = answer.json as Schema;
      expect(checksum).toBe(schemaChecksum(parseSpelledJson(fields)));
      const { text } = await api.call('GET', `/block_schemas/${id}`);
      expect(text).toContain(`"default":${seen}}`);
      return checksum;
    });
    expect(new Set(await Promise.all(checksums)).size).toBe(3);
  });

  test('nested schemas are made of the definitions, each once', async () => {
    const outerType = await typeOf('outer');
    await typeOf('inner');
    const point = { title: 'Point', type: 'object' };
    const inner = {
      title: 'Inner',
      block_type_slug: 'inner',
      properties: { at: { $ref: '#/definitions/Point' } },
      block_schema_references: {},
    };
    const innerChecksum = schemaChecksum({ ...inner, definitions: { Point: point } });
    const reference = { block_type_slug: 'inner', block_schema_checksum: innerChecksum };
    const fields = {
      title: 'Outer',
      properties: { inner: { $ref: '#/definitions/Inner' } },
      block_schema_references: { inner: reference },
      definitions: { Inner: inner, Point: point },
    };
    const outer = await create({ block_type_id: outerType, fields });
    expect(outer.fields).toEqual(fields);
    const nested = await api.call('GET', `/block_schemas/checksum/${innerChecksum}`);
    expect(nested.json).toMatchObject({
      version: 'non-versioned',
      block_type: { slug: 'inner' },
      fields: { ...inner, definitions: { Point: point } },
    });
    await create({ block_type_id: outerType, fields, version: '2' });
    const inners = await api.call('POST', '/block_schemas/filter', {
      block_schemas: {
        block_type_id: { any_: [(nested.json as { block_type_id: string }).block_type_id] },
      },
    });
    expect(inners.json).toHaveLength(1);
  });

  test('schemas are found, the newest first, and removed', async () => {
    const block_type_id = await typeOf('listed');
    const body = { block_type_id, fields: { title: 'L' } };
    const old = await create({ ...body, version: '1', capabilities: ['rare', 'read'] });
    const recent = await create({ ...body, version: '2', capabilities: ['rare'] });
    const idsOf = async (filter: object): Promise<readonly string[]> => {
      const { json } = await api.call('POST', '/block_schemas/filter', { block_schemas: filter });
      return (json as readonly Schema[]).map(({ id }) => id);
    };
    expect(await idsOf({ block_type_id: { any_: [block_type_id] } })).toEqual([recent.id, old.id]);
    expect(await idsOf({ block_capabilities: { all_: ['rare', 'read'] } })).toEqual([old.id]);
    expect(await idsOf({ id: { any_: [old.id] } })).toEqual([old.id]);
    expect(
      await idsOf({
        operator: 'or_',
        id: { any_: [old.id] },
        block_capabilities: { all_: ['rare'] },
      }),
    ).toEqual([recent.id, old.id]);
    const capabilities = await api.call('GET', '/block_capabilities/');
    expect(capabilities.json).toEqual(expect.arrayContaining(['rare', 'read']));
    expect((await api.call('DELETE', `/block_schemas/${old.id}`)).status).toBe(204);
    expect(await idsOf({ block_capabilities: { all_: ['rare'] } })).toEqual([recent.id]);
  });
});

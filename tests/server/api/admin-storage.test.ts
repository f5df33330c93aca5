import { afterAll, beforeAll, expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { buildBlock, buildDocument } from '#tests/support/blocks.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const PATH = '/admin/storage';

const choice = (id: string | null) => ({ default_result_storage_block_id: id });

describeEachDatabase('the default place of results', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  const build = async (slug: string, capabilities: readonly string[] = ['write-path']) => {
    const block = await buildBlock(db.ctx, { slug, capabilities });
    return { ...block, id: await buildDocument(db.ctx, block, { name: 'store' }) };
  };

  const chosen = async (): Promise<unknown> => (await api.call('GET', PATH)).json;

  test('cannot be a block that is unknown or cannot be written to', async () => {
    const unknown = newId();
    const answer = await api.call('PUT', PATH, choice(unknown));
    expect([answer.status, answer.json]).toEqual([
      404,
      { detail: `Block document ${unknown} not found.` },
    ]);
    const { id } = await build('unwritable', ['read-path']);
    const refused = await api.call('PUT', PATH, choice(id));
    expect([refused.status, refused.json]).toEqual([
      422,
      { detail: `Block document ${id} cannot be used for result storage.` },
    ]);
    expect((await api.call('PUT', PATH, {})).status).toBe(422);
    expect(await chosen()).toEqual(choice(null));
  });

  test('is chosen, exchanged and given up', async () => {
    for (const slug of ['first', 'second']) {
      const { id } = await build(slug);
      const answer = await api.call('PUT', PATH, choice(id));
      expect([answer.status, answer.json]).toEqual([200, choice(id)]);
      expect(await chosen()).toEqual(choice(id));
    }
    expect((await api.call('DELETE', PATH)).status).toBe(204);
    expect((await api.call('DELETE', PATH)).status).toBe(204);
    expect(await chosen()).toEqual(choice(null));
  });

  test.each(['document', 'schema', 'type'])('is forgotten when its %s goes', async (kind) => {
    const other = await build(`other-${kind}`);
    const store = await build(`gone-${kind}`);
    await api.call('PUT', PATH, choice(store.id));
    await api.call('DELETE', `/block_documents/${other.id}`);
    expect(await chosen()).toEqual(choice(store.id));
    const keys = { document: store.id, schema: store.blockSchemaId, type: store.blockTypeId };
    const key = Object.entries(keys).find(([name]) => name === kind)?.[1];
    expect((await api.call('DELETE', `/block_${kind}s/${key}`)).status).toBe(204);
    expect(await chosen()).toEqual(choice(null));
  });
});

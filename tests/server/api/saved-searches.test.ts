import { afterAll, beforeAll, expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const FILTER = { object: 'flow', property: 'name', type: 'string', operation: 'equals' };

describeEachDatabase('saved searches over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  test.each([
    [{}, 'missing', ['body', 'name']],
    [{ name: 's', filters: [FILTER] }, 'missing', ['body', 'filters', 0, 'value']],
    [{ name: 's', more: 1 }, 'extra_forbidden', ['body', 'more']],
  ])('%j is refused with the fault and its place', async (body, type, loc) => {
    const answer = await api.call('PUT', '/saved_searches/', body);
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ exception_detail: [{ type, loc }] });
  });

  test.each(['GET', 'DELETE'])('%s of an unknown one is 404', async (method) => {
    const answer = await api.call(method, `/saved_searches/${newId()}`);
    expect([answer.status, answer.json]).toEqual([404, { detail: 'Saved search not found' }]);
  });

  test('one of a known name gets other filters and stays the same otherwise', async () => {
    const made = await api.call('PUT', '/saved_searches/', {
      name: 'late ones',
      filters: [{ ...FILTER, value: { any: [1, null] }, note: 'not kept' }],
    });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ filters: [{ ...FILTER, value: { any: [1, null] } }] });
    const changed = await api.call('PUT', '/saved_searches/', { name: 'late ones' });
    expect([changed.status, changed.json]).toEqual([
      200,
      { ...(made.json as object), filters: [] },
    ]);
    const { id } = made.json as { readonly id: string };
    expect((await api.call('GET', `/saved_searches/${id}`)).json).toEqual(changed.json);
    expect((await api.call('DELETE', `/saved_searches/${id}`)).status).toBe(204);
    expect((await api.call('POST', '/saved_searches/filter')).json).toEqual([]);
  });

  test('they are listed by name, page by page', async () => {
    for (const name of ['b', 'c', 'a']) await api.call('PUT', '/saved_searches/', { name });
    const page = await api.call('POST', '/saved_searches/filter', { limit: 2, offset: 1 });
    expect(page.json).toMatchObject([{ name: 'b' }, { name: 'c' }]);
  });
});

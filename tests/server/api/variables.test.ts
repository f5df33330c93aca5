import { afterAll, beforeAll, expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

describeEachDatabase('variables over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  test.each([
    [{ name: 'Bad Name', value: 1 }, 'value_error', ['body', 'name']],
    [{ name: 'n'.repeat(256), value: 1 }, 'too_long', ['body', 'name']],
    [{ name: 'm' }, 'missing', ['body', 'value']],
    [{ name: 'm', value: 'x'.repeat(5000) }, 'value_error', ['body', 'value']],
    [{ name: 'm', value: 1, more: 1 }, 'extra_forbidden', ['body', 'more']],
  ])(
    'a body that does not fit is refused with the fault and its place (%#)',
    async (body, type, loc) => {
      const answer = await api.call('POST', '/variables/', body);
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({ exception_detail: [{ type, loc }] });
    },
  );

  test('an unknown variable is 404 whichever way it is named', async () => {
    for (const path of [`/variables/${newId()}`, '/variables/name/nobody']) {
      for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
        const answer = await api.call(method, path, body);
        expect([answer.status, answer.json]).toEqual([404, { detail: 'Variable not found.' }]);
      }
    }
  });

  test('a variable lives from its creation to its end', async () => {
    const created = await api.call('POST', '/variables/', {
      name: 'my_var',
      value: { a: [1, null] },
    });
    expect(created.status).toBe(201);
    const { id } = created.json as { readonly id: string };
    expect((await api.call('POST', '/variables/', { name: 'my_var', value: 1 })).status).toBe(409);
    expect(
      (await api.call('PATCH', '/variables/name/my_var', { value: null, tags: ['t'] })).status,
    ).toBe(204);
    expect((await api.call('GET', `/variables/${id}`)).json).toMatchObject({
      value: null,
      tags: ['t'],
    });
    const filter = { variables: { tags: { all_: ['t'] } } };
    expect((await api.call('POST', '/variables/filter', filter)).json).toMatchObject([{ id }]);
    expect((await api.call('POST', '/variables/count', filter)).json).toBe(1);
    expect((await api.call('DELETE', `/variables/${id}`)).status).toBe(204);
    expect((await api.call('POST', '/variables/count')).json).toBe(0);
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

describeEachDatabase('templates over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  test.each(['/templates/validate', '/automations/templates/validate'])(
    '%s tells a template from what is none',
    async (path) => {
      const validate = (template: unknown) => api.call('POST', path, JSON.stringify(template));
      const wrong = await validate('a\n{% foo %}');
      expect([wrong.status, wrong.json]).toEqual([
        422,
        {
          error: { line: 2, message: "Encountered unknown tag 'foo'.", source: 'a\n{% foo %}' },
        },
      ]);
      expect((await validate(3)).json).toMatchObject({
        exception_detail: [{ type: 'string_type', loc: ['body'] }],
      });
      const good = await validate('Hello {{ name }}');
      expect([good.status, good.text]).toEqual([204, '']);
      expect((await api.call('POST', path)).status).toBe(204);
    },
  );

  test('a template that is sent as plain text is taken as it is', async () => {
    const answer = await api.call('POST', '/templates/validate', '{{ x', {
      'content-type': 'text/plain',
    });
    expect([answer.status, answer.json]).toMatchObject([422, { error: { line: 1 } }]);
  });
});

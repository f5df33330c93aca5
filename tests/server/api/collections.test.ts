import { afterAll, beforeAll, expect, test } from 'vitest';

import { registerShippedBlocks } from '#server/commands/block-type/install-shipped-blocks.ts';
import { withSettings } from '#server/settings.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

describeEachDatabase('collections over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    await registerShippedBlocks(db.ctx);
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  test('an unknown view is refused by its name', async () => {
    const answer = await api.call('GET', '/collections/views/toString');
    expect([answer.status, answer.json]).toEqual([
      404,
      { detail: 'View toString not found in registry' },
    ]);
  });

  test('workers come with the template of their pools, whose numbers keep their spelling', async () => {
    const answer = await api.call('GET', '/collections/views/aggregate-worker-metadata');
    expect(answer.json).toMatchObject({
      prefect: { process: { display_name: 'Process', install_command: 'pip install prefect' } },
      'prefect-kubernetes': {
        kubernetes: {
          type: 'kubernetes',
          logo_url: `${api.url}/logos/kubernetes.svg`,
          default_base_job_configuration: {
            variables: { properties: { namespace: { default: 'default', type: 'string' } } },
          },
        },
      },
    });
    expect(/"title":"Poll Interval \(Seconds\)"[^}]*"default":5\.0\b/.test(answer.text)).toBe(true);
  });

  test('blocks come by collection, with their newest schema', async () => {
    const answer = await api.call('GET', '/collections/views/aggregate-block-metadata');
    expect(answer.json).toMatchObject({
      'prefect-aws': {
        block_types: { 'aws-credentials': { block_schema: { version: '0.4.14' } } },
      },
      prefect: {
        block_types: { secret: { block_schema: { version: db.ctx.settings.prefectVersion } } },
      },
    });
  });

  test.each(['aggregate-flow-metadata', 'demo-flows'])('no collection has %s', async (view) => {
    const answer = await api.call('GET', `/collections/views/${view}`);
    expect([answer.status, answer.json]).toEqual([200, {}]);
  });

  test('logos of block types stand where the caller reaches this server', async () => {
    const logoOf = async (headers?: Record<string, string>) => {
      const { json } = await api.call('GET', '/block_types/slug/slack-webhook', undefined, headers);
      return (json as { readonly logo_url: string }).logo_url;
    };
    expect(await logoOf()).toBe(`${api.url}/logos/slack.svg`);
    expect(await logoOf({ 'x-forwarded-proto': 'https' })).toBe(
      `${api.url.replace('http:', 'https:')}/logos/slack.svg`,
    );
    const settings = withSettings(db.ctx.settings, { ui: { serveBase: '/prefect/' } });
    const based = await serveApi({ ...db.ctx, settings });
    const { json } = await based.call('GET', '/block_types/slug/slack-webhook');
    await based.close();
    expect(json).toMatchObject({ logo_url: `${based.url}/prefect/logos/slack.svg` });
  });

  test('a logo that somebody registered stays as it is', async () => {
    const logo = 'https://example.com/logos/mine.svg';
    const body = { name: 'Mine', slug: 'mine', logo_url: logo };
    expect((await api.call('POST', '/block_types/', body)).json).toMatchObject({ logo_url: logo });
  });
});

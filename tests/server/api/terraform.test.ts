import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ApiAnswer, type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

/**
 * What the Terraform provider for Prefect depends on: it follows redirects with the body sent again, insists on exact
 * statuses, takes 409 for done, and reads what it has made.
 */
describeEachDatabase('the Terraform provider', (db) => {
  let api: ApiServer;

  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });

  afterAll(() => api.close());

  /** As Go's client does on a 307. */
  const send = async (method: string, path: string, body?: unknown): Promise<ApiAnswer> => {
    const answer = await api.call(method, path, body);
    if (answer.status !== 307) return answer;
    const location = new URL(answer.headers.get('location') ?? '', api.url);
    return api.call(method, location.pathname.replace(/^\/api/u, ''), body);
  };

  const made = async (
    path: string,
    body: unknown,
    statuses: readonly number[],
  ): Promise<Readonly<Record<string, unknown>>> => {
    const { status, json } = await send('POST', path, body);
    expect(statuses, path).toContain(status);
    // Each of these answers is the thing that was made.
    return json as Readonly<Record<string, unknown>>;
  };

  test('a thing that is there already is a conflict', async () => {
    const variable = { name: 'twice', value: 1 };
    await made('/variables/', variable, [201]);
    expect(await send('POST', '/variables/', variable)).toMatchObject({ status: 409 });
    await made('/work_pools/', { name: 'twice', type: 'process' }, [201]);
    const pool = { name: 'twice', type: 'process' };
    expect(await send('POST', '/work_pools/', pool)).toMatchObject({ status: 409 });
  });

  test('a thing that is gone is not found', async () => {
    const { id } = await made('/variables/', { name: 'short-lived', value: 1 }, [201]);
    expect(await send('DELETE', `/variables/${String(id)}`)).toMatchObject({ status: 204 });
    expect(await send('GET', `/variables/${String(id)}`)).toMatchObject({ status: 404 });
  });

  test('flows and tag limits are made with 200 or 201', async () => {
    await made('/flows/', { name: 'terraformed' }, [200, 201]);
    const limit = { tag: 'terraformed', concurrency_limit: 2 };
    const { id } = await made('/concurrency_limits/', limit, [200, 201]);
    await made('/concurrency_limits/', limit, [200, 201]);
    expect(await send('DELETE', `/concurrency_limits/${String(id)}`)).toMatchObject({
      status: 200,
    });
  });

  test('a global limit is made, changed and removed', async () => {
    const limit = { name: 'terraformed', limit: 3, active: true, slot_decay_per_second: 0.5 };
    const { id } = await made('/v2/concurrency_limits/', limit, [201]);
    const path = `/v2/concurrency_limits/${String(id)}`;
    expect(await send('PATCH', path, { limit: 4 })).toMatchObject({ status: 204 });
    expect(await send('GET', path)).toMatchObject({ status: 200, json: { limit: 4 } });
    expect(await send('DELETE', path)).toMatchObject({ status: 204 });
  });

  test('pools and queues are made, with and without the slash at the end', async () => {
    const template = {
      job_configuration: { command: '{{ command }}' },
      variables: {
        type: 'object',
        properties: { command: { type: 'string' } },
      },
    };
    const pool = { name: 'terraformed', type: 'process', base_job_template: template };
    expect(await made('/work_pools', pool, [201])).toMatchObject({ base_job_template: template });
    const queue = { name: 'terraformed', priority: 1, is_paused: false };
    await made('/work_pools/terraformed/queues/', queue, [201]);
    const path = '/work_pools/terraformed/queues/terraformed';
    expect(await send('PATCH', path, { is_paused: true })).toMatchObject({ status: 204 });
    expect(await send('GET', path)).toMatchObject({ json: { is_paused: true } });
    expect(await send('DELETE', path)).toMatchObject({ status: 204 });
    expect(await send('DELETE', '/work_pools/terraformed')).toMatchObject({ status: 204 });
  });

  test('block types and schemas are made without the slash, blocks read with their secrets', async () => {
    const type = await made('/block_types', { name: 'Terraformed', slug: 'terraformed' }, [201]);
    const schema = await made(
      '/block_schemas',
      {
        block_type_id: type['id'],
        version: '1.0',
        capabilities: [],
        fields: {
          title: 'Terraformed',
          type: 'object',
          properties: { token: { type: 'string', format: 'password', writeOnly: true } },
          block_type_slug: 'terraformed',
          secret_fields: ['token'],
        },
      },
      [201],
    );
    const document = await made(
      '/block_documents/',
      {
        name: 'terraformed',
        data: { token: 'hush' },
        block_type_id: type['id'],
        block_schema_id: schema['id'],
      },
      [201],
    );
    const path = `/block_documents/${String(document['id'])}`;
    expect(await send('GET', path)).toMatchObject({ json: { data: { token: '********' } } });
    expect(await send('GET', `${path}?include_secrets=true`)).toMatchObject({
      json: { data: { token: 'hush' } },
    });
    expect(await send('PATCH', path, { data: { token: 'louder' } })).toMatchObject({ status: 204 });
    expect(await send('DELETE', path)).toMatchObject({ status: 204 });
  });

  test('a deployment and its schedules are made, and made again', async () => {
    const flow = await made('/flows/', { name: 'scheduled by terraform' }, [200, 201]);
    const body = { name: 'nightly', flow_id: flow['id'], parameters: {}, tags: ['tf'] };
    const first = await made('/deployments/', body, [200, 201]);
    const again = await made('/deployments/', body, [200, 201]);
    expect(again['id']).toBe(first['id']);
    const path = `/deployments/${String(first['id'])}/schedules`;
    const schedules = [{ active: true, schedule: { cron: '0 3 * * *', timezone: 'UTC' } }];
    const { status, json } = await send('POST', path, schedules);
    expect(status).toBe(201);
    // The answer lists what was added.
    const [added] = json as readonly { readonly id: string }[];
    const one = `${path}/${added?.id}`;
    expect(await send('PATCH', one, { active: false })).toMatchObject({ status: 204 });
    expect(await send('DELETE', one)).toMatchObject({ status: 204 });
  });

  test('an automation is made, replaced and removed', async () => {
    const body = {
      name: 'terraformed',
      enabled: true,
      trigger: {
        type: 'event',
        posture: 'Reactive',
        expect: ['prefect.flow-run.Failed'],
        match: { 'prefect.resource.id': 'prefect.flow-run.*' },
        threshold: 1,
        within: 0,
      },
      actions: [{ type: 'do-nothing' }],
    };
    const { id } = await made('/automations/', body, [201]);
    const path = `/automations/${String(id)}`;
    expect(await send('PUT', path, { ...body, enabled: false })).toMatchObject({ status: 204 });
    expect(await send('GET', path)).toMatchObject({ status: 200, json: { enabled: false } });
    expect(await send('DELETE', path)).toMatchObject({ status: 204 });
  });

  test('the worker types are there to choose from', async () => {
    const { status, json } = await send('GET', '/collections/views/aggregate-worker-metadata');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      prefect: { process: { default_base_job_configuration: { variables: { type: 'object' } } } },
      'prefect-kubernetes': { kubernetes: { type: 'kubernetes' } },
    });
  });
});

import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { type StartedApp, startApp } from '#tests/support/app.ts';
import { testedKinds } from '#tests/support/database.ts';

describe.each(testedKinds)('answers to odd requests on %s', (kind) => {
  const withApp = async (use: (server: StartedApp) => Promise<void>): Promise<void> => {
    const server = await startApp(kind);
    try {
      await use(server);
    } finally {
      await server.close();
    }
  };

  const poster =
    ({ url }: StartedApp) =>
    async (path: string, body: unknown) => {
      const response = await fetch(`${url}/api${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      // Every answer here is JSON.
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };

  test('are those of the original', () =>
    withApp(async (server) => {
      const post = poster(server);
      const flow = await post('/flows/', { name: 'odd' });
      const flowId = flow.body['id'];

      // A length out of bounds is all that is told, whatever else is wrong.
      expect(await post('/flows/filter', { limit: 201, flows: 3 })).toEqual({
        status: 422,
        body: { detail: 'Invalid limit: must be less than or equal to 200.' },
      });
      expect(await post('/flow_runs/paginate', { limit: -1, page: -1 })).toMatchObject({
        body: { detail: 'Invalid limit: must be greater than or equal to 0.' },
      });
      const unreadable = await post('/flows/filter', { limit: 'x', offset: -1 });
      expect(unreadable.body['exception_detail']).toHaveLength(2);

      const lost = { flow_id: flowId, work_pool_name: 'no', work_queue_name: 'where' };
      expect(await post('/flow_runs/', lost)).toEqual({
        status: 404,
        body: { detail: "Work pool queue 'no/where' not found." },
      });

      const span = { history_start: '2020-01-01', history_end: '2020-01-02' };
      expect(
        await post('/flow_runs/history', { ...span, history_interval_seconds: 'PT1H' }),
      ).toMatchObject({ status: 422, body: { exception_detail: [{ type: 'float_parsing' }] } });

      expect(await post('/flow_runs/', { flow_id: flowId, name: 7 })).toMatchObject({
        status: 422,
      });
      for (const name of [{}, 0, false, '']) {
        const made = await post('/flow_runs/', { flow_id: flowId, name });
        expect(made.body['name']).toMatch(/^[a-z]+-[a-z]+$/u);
      }

      const count = await post('/flow_runs/count', { flow_runs: { parent_flow_run_id: {} } });
      expect(count.body).toBe(4);

      const everyInput = { prefix: '', limit: -1 };
      expect(await post(`/flow_runs/${randomUUID()}/input/filter`, everyInput)).toEqual({
        status: 200,
        body: [],
      });
      const points = await post('/ui/flow_runs/history', { limit: -1 });
      expect(points.body).toHaveLength(4);
    }));

  test('a deployment without a pool has no queue for its runs, in words of its own for many', () =>
    withApp(async (server) => {
      const post = poster(server);
      const flow = await post('/flows/', { name: 'odd' });
      const made = await post('/deployments/', { name: 'odd', flow_id: flow.body['id'] });
      const path = `/deployments/${String(made.body['id'])}/create_flow_run`;
      const reason = 'Cannot create flow run in work queue q because deployment';
      expect(await post(path, { work_queue_name: 'q' })).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining(`${reason} ${String(made.body['id'])} is not`) },
      });
      expect(await post(`${path}/bulk`, [{ work_queue_name: 'q' }])).toMatchObject({
        body: { results: [{ error: `${reason} is not associated with a work pool.` }] },
      });
      const once = { idempotency_key: 'k', job_variables: null };
      expect((await post(path, once)).body['job_variables']).toBeNull();
      expect((await post(path, { job_variables: null })).body['job_variables']).toEqual({});
    }));

  test('each kind of words of a search counts alone where any criterion will do', () =>
    withApp(async (server) => {
      const post = poster(server);
      const line = { name: 'x', level: 20, timestamp: '2026-01-01T00:00:00Z' };
      const messages = ['alpha one', 'gamma two', 'alpha beta'];
      await fetch(`${server.url}/api/logs/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(messages.map((message) => ({ ...line, message }))),
      });
      const found = async (operator: string, query: string, more = {}) => {
        const { body } = await post('/logs/filter', {
          logs: { operator, text: { query }, ...more },
        });
        return Array.isArray(body) ? body.length : body;
      };
      expect(await found('and_', '+alpha !beta')).toBe(1);
      expect(await found('or_', '+alpha !beta')).toBe(3);
      expect(await found('or_', '', { level: { ge_: 50 } })).toBe(0);
    }));

  test('queues that are named by their id alone change without a word to the others', () =>
    withApp(async (server) => {
      const post = poster(server);
      const made = async (name: string): Promise<string> =>
        String((await post('/work_queues/', { name })).body['id']);
      const [one, other, third] = [await made('one'), await made('other'), await made('third')];
      const call = async (method: string, id: string, body?: unknown): Promise<void> => {
        await fetch(`${server.url}/api/work_queues/${id}`, {
          method,
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      };
      const priorities = async () => {
        const { body } = await post('/work_queues/filter', {});
        const queues: readonly Record<string, unknown>[] = Array.isArray(body) ? body : [];
        return Object.fromEntries(queues.map(({ name, priority }) => [name, priority]));
      };
      expect(await priorities()).toEqual({ default: 1, one: 2, other: 3, third: 4 });
      await call('PATCH', third, { priority: 2 });
      expect(await priorities()).toEqual({ default: 1, one: 2, other: 3, third: 2 });
      await call('DELETE', other);
      expect(await priorities()).toEqual({ default: 1, one: 2, third: 2 });
      // The first place that does not bear its number is the third, which nobody has.
      await made('new');
      expect(await priorities()).toEqual({ default: 1, one: 2, third: 2, new: 3 });
      await call('DELETE', one);
    }));

  test('a block document lacks a name also where it is said in other ways that it has one', () =>
    withApp(async (server) => {
      const post = poster(server);
      const ids = { block_schema_id: randomUUID(), block_type_id: randomUUID() };
      const refused = await post('/block_documents/', { ...ids, is_anonymous: {} });
      expect(refused.body['exception_detail']).toMatchObject([{ type: 'value_error' }]);
    }));

  test('a block document says of which type it is, whatever its schema says', () =>
    withApp(async (server) => {
      const post = poster(server);
      const made = async (path: string, body: unknown): Promise<string> =>
        String((await post(path, body)).body['id']);
      const mine = await made('/block_types/', { name: 'mine', slug: 'mine' });
      const other = await made('/block_types/', { name: 'other', slug: 'other' });
      const schema = await made('/block_schemas/', { block_type_id: other, fields: {} });
      const document = { name: 'odd', data: {}, block_type_id: mine, block_schema_id: schema };
      expect(await post('/block_documents/', document)).toMatchObject({
        status: 201,
        body: {
          block_type: { slug: 'mine' },
          block_schema: { block_type: { slug: 'other' } },
        },
      });
    }));

  test('of tags that are full the one is told that was named first', () =>
    withApp(async (server) => {
      const post = poster(server);
      for (const tag of ['a', 'b']) {
        await post('/concurrency_limits/', { tag, concurrency_limit: 1 });
      }
      const holder = { task_run_id: randomUUID() };
      await post('/concurrency_limits/increment', { ...holder, names: ['a'] });
      const both = { task_run_id: randomUUID(), names: ['none', 'b', 'a'] };
      expect(await post('/concurrency_limits/increment', both)).toEqual({
        status: 423,
        body: { detail: 'Concurrency limit for the b tag has been reached' },
      });
    }));

  test('a variable that is given a name that is taken is refused in words for all', () =>
    withApp(async (server) => {
      const post = poster(server);
      for (const name of ['one', 'other']) await post('/variables/', { name, value: 1 });
      const response = await fetch(`${server.url}/api/variables/name/one`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'other' }),
      });
      expect(response.status).toBe(409);
      expect(await response.text()).toContain('Data integrity conflict.');
      expect((await post('/variables/', { name: 'one', value: 1 })).body['detail']).toBe(
        "A variable with the name 'one' already exists.",
      );
    }));
});

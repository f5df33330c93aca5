import { connect } from 'node:net';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const ABSENT = '00000000-0000-4000-8000-000000000000';

describeEachDatabase('the REST door', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  test('an unknown address is not found', async () => {
    expect(await api.call('GET', '/nope')).toMatchObject({
      status: 404,
      json: { detail: 'Not Found' },
    });
  });

  test('an id that is no UUID is an unknown address', async () => {
    expect(await api.call('GET', '/flows/zzz')).toMatchObject({
      status: 404,
      json: { detail: 'Not Found' },
    });
  });

  test('a wrong method names a right one', async () => {
    const answer = await api.call('DELETE', '/flows/filter');
    expect(answer).toMatchObject({ status: 405, json: { detail: 'Method Not Allowed' } });
    expect(answer.headers.get('allow')).toBe('POST');
  });

  test('a slash too few or too many is redirected, with the query', async () => {
    const missing = await api.call('POST', '/flows?a=1', { name: 'x' });
    expect(missing.status).toBe(307);
    expect(missing.headers.get('location')).toBe(`${api.url}/api/flows/?a=1`);
    const extra = await api.call('POST', '/flows/filter/', {});
    expect(extra.headers.get('location')).toBe(`${api.url}/api/flows/filter`);
  });

  test('a version of the interface that is too old is refused', async () => {
    const headers = { 'x-prefect-api-version': '0.7.9' };
    expect(await api.call('POST', '/flows/count', {}, headers)).toMatchObject({
      status: 400,
      json: {
        detail:
          'The request specified API version 0.7.9 but this server requires version 0.8.0 or higher.',
      },
    });
  });

  test('a body may begin with a byte order mark', async () => {
    expect(await api.call('POST', '/flows/filter', '\uFEFF{"limit":0}')).toMatchObject({
      status: 200,
      json: [],
    });
  });

  test('a body that is no JSON is refused with the place of the fault', async () => {
    expect(await api.call('POST', '/flows/filter', '{"a" 1}')).toMatchObject({
      status: 422,
      json: {
        exception_message: 'Invalid request received.',
        exception_detail: [
          {
            type: 'json_invalid',
            loc: ['body', 5],
            msg: 'JSON decode error',
            input: {},
            ctx: { error: "Expecting ':' delimiter" },
          },
        ],
        request_body: '{"a" 1}',
      },
    });
  });

  test('every fault of a body is told at once', async () => {
    const body = { tags: 'x', labels: { a: [] }, zzz: 1 };
    const { status, json } = await api.call('POST', '/flows/', body);
    expect(status).toBe(422);
    expect(json).toMatchObject({
      exception_detail: [
        { type: 'missing', loc: ['body', 'name'], input: body },
        { type: 'list_type', loc: ['body', 'tags'], input: 'x' },
        { type: 'bool_type', loc: ['body', 'labels', 'a', 'bool'], input: [] },
        { type: 'int_type', loc: ['body', 'labels', 'a', 'int'] },
        { type: 'float_type', loc: ['body', 'labels', 'a', 'float'] },
        { type: 'string_type', loc: ['body', 'labels', 'a', 'str'] },
        { type: 'extra_forbidden', loc: ['body', 'zzz'], input: 1 },
      ],
      request_body: body,
    });
  });

  test('a body past all bounds is refused and the server goes on', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(33 * 1024 * 1024) });
    // The connection may break while the body is still being sent.
    const outcome = await api.call('POST', '/flows/', body).then(
      ({ status }) => status,
      () => 413,
    );
    expect(outcome).toBe(413);
    expect(await api.call('GET', '/health')).toMatchObject({ status: 200, json: true });
  });

  test('a body that is nested without end is refused and the server goes on', async () => {
    const depth = 200_000;
    const body = `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect((await api.call('POST', '/flows/', body)).status).toBe(422);
    expect(await api.call('GET', '/ready')).toMatchObject({ status: 200, json: { message: 'OK' } });
  });

  test('a caller who hangs up in the middle of a body harms nobody', async () => {
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    const isClosed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('POST /api/flows/ HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"na');
    socket.end();
    socket.resume();
    await isClosed;
    expect(await api.call('GET', '/health')).toMatchObject({ status: 200 });
  });

  test('a name of many megabytes harms nobody', async () => {
    // SQLite stores it; the index of PostgreSQL cannot.
    const { status } = await api.call('POST', '/flows/', { name: 'x'.repeat(10_000_000) });
    expect(status).toBe(db.kind === 'sqlite' ? 201 : 422);
    expect(await api.call('GET', '/health')).toMatchObject({ status: 200 });
  });

  test('the interface document tells what a route takes', async () => {
    const { status, json } = await api.call('GET', '/openapi.json');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: '/api' }],
      paths: {
        '/flows/': {
          post: {
            requestBody: {
              required: true,
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    required: ['name'],
                    properties: { name: { type: 'string', pattern: '^[^/%&><]+$' } },
                  },
                },
              },
            },
          },
        },
        '/flow_runs/{id}': {
          get: {
            parameters: [
              { name: 'id', in: 'path', schema: { format: 'uuid' } },
              { name: 'x-prefect-api-version', in: 'header', required: false },
            ],
          },
        },
      },
    });
  });

  test('a flow is made once and found by id and name', async () => {
    const made = await api.call('POST', '/flows/', { name: 'etl', tags: ['a'] });
    expect(made.status).toBe(201);
    const again = await api.call('POST', '/flows/', { name: 'etl', tags: ['b'] });
    expect(again).toMatchObject({ status: 200, json: made.json });
    expect(await api.call('GET', '/flows/name/etl')).toMatchObject({ json: made.json });
    expect(await api.call('GET', `/flows/${ABSENT}`)).toMatchObject({
      status: 404,
      json: { detail: 'Flow not found' },
    });
  });

  test('a removed flow is gone', async () => {
    const { json } = await api.call('POST', '/flows/', { name: 'short-lived' });
    const { id } = json as { id: string };
    expect(await api.call('DELETE', `/flows/${id}`)).toMatchObject({ status: 204, text: '' });
    expect(await api.call('DELETE', `/flows/${id}`)).toMatchObject({ status: 404 });
  });
});

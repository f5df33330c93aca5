import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describeEachDatabase(
  'a guarded REST door',
  (db) => {
    let api: ApiServer;
    beforeAll(async () => {
      api = await serveApi(db.ctx);
    });
    afterAll(() => api.close());

    const known = { authorization: basic('admin:pw') };

    describe('authentication', () => {
      test.each([
        ['nothing', {}],
        ['a wrong password', { authorization: basic('admin:no') }],
        ['another scheme', { authorization: 'Bearer admin:pw' }],
        ['a scheme in lower case', { authorization: basic('admin:pw').replace('B', 'b') }],
        ['what is no base64', { authorization: 'Basic zzz' }],
      ])('refuses %s', async (_name, headers) => {
        for (const path of ['/version', '/nope', '/openapi.json']) {
          expect(await api.call('GET', path, undefined, headers)).toMatchObject({
            status: 401,
            json: { exception_message: 'Unauthorized' },
          });
        }
      });

      test('lets the signs of life pass', async () => {
        expect(await api.call('GET', '/health')).toMatchObject({ status: 200, json: true });
        expect(await api.call('GET', '/ready')).toMatchObject({ status: 200 });
      });

      test('lets in who brings the pair', async () => {
        expect(await api.call('GET', '/version', undefined, known)).toMatchObject({ status: 200 });
      });
    });

    describe('protection against forged requests', () => {
      const flows = (headers: Record<string, string>) =>
        api.call('POST', '/flows/filter', {}, { ...known, ...headers });

      test('speaks before authentication', async () => {
        expect(await api.call('POST', '/flows/filter', {})).toMatchObject({
          status: 403,
          json: { detail: 'Missing CSRF token.' },
        });
      });

      test('refuses a token without a client, and one that it has not given', async () => {
        expect(await flows({ 'prefect-csrf-token': 'abc' })).toMatchObject({
          status: 403,
          json: { detail: 'Missing client identifier.' },
        });
        const headers = { 'prefect-csrf-token': 'abc', 'prefect-csrf-client': 'c1' };
        expect(await flows(headers)).toMatchObject({
          status: 403,
          json: { detail: 'Invalid CSRF token or client identifier.' },
        });
      });

      test('takes the newest token of a client and no older one', async () => {
        const token = async (): Promise<string> => {
          const { json } = await api.call('GET', '/csrf-token?client=c1', undefined, known);
          return (json as { token: string }).token;
        };
        const first = await token();
        const second = await token();
        const withToken = (given: string, client = 'c1') =>
          flows({ 'prefect-csrf-token': given, 'prefect-csrf-client': client });
        expect((await withToken(first)).status).toBe(403);
        expect((await withToken(second, 'c2')).status).toBe(403);
        expect((await withToken(second)).status).toBe(200);
      });
    });
  },
  { api: { authString: 'admin:pw', csrfProtectionEnabled: true } },
);

describeEachDatabase(
  'pages of other origins',
  (db) => {
    let api: ApiServer;
    beforeAll(async () => {
      api = await serveApi(db.ctx);
    });
    afterAll(() => api.close());

    const preflight = (origin: string, method: string) =>
      api.call('OPTIONS', '/nope', undefined, {
        origin,
        'access-control-request-method': method,
      });

    test('are refused when they are not named', async () => {
      const { status, text, headers } = await preflight('http://b.test', 'POST');
      expect([status, text]).toEqual([400, 'Disallowed CORS origin']);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });

    test('are refused methods that are not named', async () => {
      const { status, text } = await preflight('http://a.test', 'DELETE');
      expect([status, text]).toEqual([400, 'Disallowed CORS method']);
    });

    test('are told what they may do, whatever the address', async () => {
      const { status, text, headers } = await preflight('http://a.test', 'POST');
      expect([status, text]).toEqual([200, 'OK']);
      expect(headers.get('access-control-allow-origin')).toBe('http://a.test');
      expect(headers.get('access-control-allow-methods')).toBe('GET, POST');
    });

    test('may read the answers', async () => {
      const { headers } = await api.call('GET', '/health', undefined, { origin: 'http://a.test' });
      expect(headers.get('access-control-allow-origin')).toBe('http://a.test');
      expect(headers.get('vary')).toBe('Origin');
    });

    test('need no token where none is asked for', async () => {
      expect(await api.call('GET', '/csrf-token?client=c')).toMatchObject({
        status: 422,
        json: { detail: 'CSRF protection is disabled.' },
      });
    });
  },
  { api: { corsAllowedOrigins: 'http://a.test', corsAllowedMethods: 'GET, POST' } },
);

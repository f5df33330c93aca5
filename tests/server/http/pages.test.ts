import { existsSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createPages } from '#server/http/pages.ts';
import { createHttpServer } from '#server/http/server.ts';
import { readSettings, withSettings } from '#server/settings.ts';

const build = join(import.meta.dirname, '..', '..', '..', 'web', 'build');
const isBuilt = existsSync(join(build, 'index.html'));
const server = createServer(createPages(readSettings({})));
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of that form.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const firstScript = (): string => {
  const folder = join(build, '_app', 'immutable', 'entry');
  const script = readdirSync(folder).find((name) => name.endsWith('.js'));
  return `/_app/immutable/entry/${script}`;
};

describe.runIf(isBuilt)('the pages of the dashboard', () => {
  test.each(['/../package.json', '/..%2f..%2fpackage.json', '/%00', '/%'])(
    'an address that leads elsewhere (%s) shows nothing of it',
    async (path) => {
      // `fetch` would tidy the address up before it sends it.
      const { request } = await import('node:http');
      const answer = await new Promise<string>((resolve, reject) => {
        request(url, { path }, (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += String(chunk);
          });
          response.on('end', () => resolve(`${response.statusCode} ${text}`));
        })
          .on('error', reject)
          .end();
      });
      expect(answer).not.toContain('prefect-server"');
    },
  );

  test('every address that is no file is the page', async () => {
    for (const path of ['/', '/runs/flow-run/1', '/dashboard?x=1.2']) {
      const response = await fetch(url + path);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
  });

  test('a script comes compressed, as a script, and is kept for good', async () => {
    const response = await fetch(url + firstScript(), { headers: { 'accept-encoding': 'br' } });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/javascript',
      'content-encoding': 'br',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(await response.text()).toBe(readFileSync(build + firstScript(), 'utf8'));
  });

  test('a file that vanishes while the server runs is missed, not mourned', async () => {
    const path = firstScript();
    const [from, away] = [join(build, `${path}.br`), join(build, `${path}.br.away`)];
    renameSync(from, away);
    try {
      const response = await fetch(url + path, { headers: { 'accept-encoding': 'br' } });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-encoding')).toBeNull();
    } finally {
      renameSync(away, from);
    }
  });
});

test('a dashboard that is turned off leaves nothing but the doors', () => {
  const off = createPages(withSettings(readSettings({}), { ui: { enabled: false } }));
  const written: unknown[] = [];
  const response = {
    writeHead: (status: number) => (
      written.push(status),
      { end: (text: string) => written.push(text) }
    ),
  };
  // Only these two members are used.
  off({} as never, response as never);
  expect(written).toEqual([404, '{"detail":"Not Found"}']);
});

test.runIf(isBuilt)('under a base the page and all doors are found there', async () => {
  const settings = withSettings(readSettings({ PREFECT_UI_SERVE_BASE: '/tools/flows/' }), {
    api: { port: 0 },
  });
  const based = createHttpServer(settings, [
    {
      opens: (path) => path === '/api/health',
      handle: (_request, response) => response.end('true'),
    },
    { opens: () => true, handle: createPages(settings) },
  ]);
  const { url: root } = await based.listen();
  const text = async (path: string) => (await fetch(root + path, { redirect: 'manual' })).text();
  const redirect = await fetch(root, { redirect: 'manual' });
  expect([redirect.status, redirect.headers.get('location')]).toEqual([307, '/tools/flows/']);
  expect(await text('/tools/flows/runs')).toContain('data-base="/tools/flows"');
  expect(await text('/tools/flows/runs')).not.toContain('="/_app');
  expect(await text(`/tools/flows${firstScript()}`)).toBe(
    readFileSync(build + firstScript(), 'utf8'),
  );
  expect([await text('/tools/flows/api/health'), await text('/api/health')]).toEqual([
    'true',
    'true',
  ]);
  await based.close();
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { createRestReference } from '#server/http/rest-reference.ts';
import { readSettings } from '#server/settings.ts';
import { startApp } from '#tests/support/app.ts';

const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0)) close();
});

const serve = async (environment: Readonly<Record<string, string>>): Promise<string> => {
  const server = createServer(createRestReference(readSettings(environment)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => void server.close());
  // A server that listens on a port has an address of that form.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test.each(['package.json', 'swagger-ui.css.map', '..%2fpackage.json'])(
  'of the viewer only what the page needs is shown, not %s',
  async (name) => {
    const url = await serve({});
    expect((await fetch(`${url}/docs/rest/${name}`)).status).toBe(404);
  },
);

test('the page, its style and its script come from this server alone', async () => {
  const url = await serve({});
  const response = await fetch(`${url}/docs/rest`);
  const page = await response.text();
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(page).not.toMatch(/https?:\/\//u);
  const assets = Array.from(
    page.matchAll(/(?:href|src)="(\/docs\/rest\/[^"]+)"/gu),
    ([, path]) => path,
  );
  expect(assets).toHaveLength(2);
  for (const path of assets) expect((await fetch(url + path)).status).toBe(200);
});

test('it reads the document under the base paths of the settings', async () => {
  const url = await serve({
    PREFECT_UI_SERVE_BASE: '/flows',
    PREFECT_SERVER_API_BASE_PATH: '/rest',
  });
  const page = await (await fetch(`${url}/docs/rest`)).text();
  expect(page).toContain('url: "/flows/rest/openapi.json"');
  expect(page).toContain('href="/flows/docs/rest/swagger-ui.css"');
});

test('whoever looks for it where Prefect has it is sent on', async () => {
  const app = await startApp('sqlite', { PREFECT_UI_SERVE_BASE: '/flows' });
  for (const path of ['/api/docs', '/flows/api/redoc']) {
    const response = await fetch(app.url + path, { redirect: 'manual' });
    expect({ status: response.status, location: response.headers.get('location') }).toEqual({
      status: 307,
      location: '/flows/docs/rest',
    });
  }
  await app.close();
});

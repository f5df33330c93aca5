import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { createUiSettings } from '#server/http/ui-settings.ts';
import { readSettings } from '#server/settings.ts';

const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0)) close();
});

const ask = async (
  environment: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<Response> => {
  const server = createServer(createUiSettings(readSettings(environment)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => void server.close());
  // A server that listens on a port has an address of that form.
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ui-settings`, {
    method,
  });
};

test('they can only be read', async () => {
  const response = await ask({}, 'POST');
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET');
});

test('they tell where the REST door is', async () => {
  expect(await (await ask({})).json()).toEqual({
    api_url: 'http://127.0.0.1:4200/api',
    csrf_enabled: false,
    auth: null,
    flags: [],
    default_ui: 'v2',
    available_uis: ['v1', 'v2'],
    v1_base_url: '/',
    v2_base_url: '/v2',
  });
});

test('they tell where the pages stand, without a slash behind', async () => {
  expect(await (await ask({ PREFECT_UI_SERVE_BASE: '/tools/' })).json()).toMatchObject({
    v1_base_url: '/tools',
    v2_base_url: '/tools/v2',
  });
});

test('they tell of no pages where there are none', async () => {
  expect(await (await ask({ PREFECT_UI_ENABLED: 'false' })).json()).toMatchObject({
    default_ui: 'v2',
    available_uis: [],
    v1_base_url: null,
    v2_base_url: null,
  });
});

test('they tell what it asks for, but not the password', async () => {
  const text = await (
    await ask({
      PREFECT_SERVER_API_AUTH_STRING: 'admin:hush',
      PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED: 'true',
      PREFECT_UI_API_URL: 'https://flows.example/api',
    })
  ).text();
  expect(JSON.parse(text)).toMatchObject({
    api_url: 'https://flows.example/api',
    csrf_enabled: true,
    auth: 'BASIC',
  });
  expect(text).not.toContain('hush');
});

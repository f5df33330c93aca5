import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, expect, test, type TestContext } from 'vitest';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { startOurServer } from '#tests/support/replay/server.ts';

import { closeBrowser, openBrowser, openPage, type WatchedPage } from './browser.ts';

const PAIR = 'admin:geheim-ü';

let started: Promise<ServerProcess> | undefined;

afterAll(async () => {
  await closeBrowser();
  await (await started)?.stop();
});

const open = async (
  context: TestContext,
  options: BrowserContextOptions = {},
): Promise<WatchedPage & { readonly url: string }> => {
  const browser = await openBrowser(context);
  started ??= startOurServer({ env: { PREFECT_SERVER_API_AUTH_STRING: PAIR } });
  const { url } = await started;
  return { url, ...(await openPage({ browser, url }, options)) };
};

const logIn = async ({ page }: WatchedPage, pair = PAIR): Promise<void> => {
  await page.getByLabel('User and password').fill(pair);
  await page.getByRole('button', { name: 'Log in' }).click();
};

test('without the words there is a login instead of the page, and wrong words are refused', async (context) => {
  const opened = await open(context);
  await opened.page.goto('/flows');

  await opened.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await logIn(opened, 'admin:wrong');

  await opened.page.getByRole('alert').getByText('does not know this user and password').waitFor();
  expect(await opened.page.evaluate('localStorage.length')).toBe(0);
});

test('with them the page that was asked for opens, is live and stays open until the logout', async (context) => {
  const opened = await open(context);
  const { page } = opened;
  await page.goto('/flows');
  await logIn(opened);

  await page.getByRole('heading', { name: 'Flows', level: 1 }).waitFor();
  await page.getByRole('status').getByText('Live').waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Flows', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.goto('/flows');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(opened.problems.filter((problem) => problem.startsWith('thrown'))).toEqual([]);
});

test('the references of both interfaces ask for the login and then use it', async (context) => {
  const opened = await open(context);
  const { page } = opened;
  await page.goto('/docs/rest');
  await page.waitForURL('**/login?next=*');
  await logIn(opened);
  await page.waitForURL('**/docs/rest');
  await page.locator('.opblock-tag').first().waitFor();

  await page.goto('/docs');
  const answer = page.waitForResponse('**/graphql');
  await page.locator('.graphiql-execute-button').click();
  expect((await answer).status()).toBe(200);
});

test('a login that leads to another host goes to the dashboard', async (context) => {
  const opened = await open(context);
  await opened.page.goto('/login?next=https://example.org/');
  await logIn(opened);

  await opened.page.getByRole('heading', { name: 'Overview' }).waitFor();
  expect(opened.problems.filter((problem) => problem.startsWith('request to'))).toEqual([]);
});

test('a browser asks by itself for what is opened without a page, and never for what a page asks', async (context) => {
  const [username = '', password = ''] = PAIR.split(':');
  const asked = await open(context, { httpCredentials: { username, password } });
  const answer = await asked.page.goto('/api/openapi.json');
  expect(answer?.status()).toBe(200);

  const { page } = await open(context);
  await page.goto('/login');
  const challenge = await page.evaluate<string | null>(
    `fetch('/graphql', { method: 'POST' }).then(({ headers }) => headers.get('www-authenticate'))`,
  );
  expect(challenge).toBe(null);
});

test('neither GraphQL nor a socket answers without the words', async (context) => {
  const { page, url } = await open(context);
  const answer = await fetch(`${url}/graphql`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(401);
  expect((await fetch(`${url}/api/flows/filter`, { method: 'POST' })).status).toBe(401);

  await page.goto('/login');
  const codeOf = (path: string, protocol: string, hello: string): Promise<number> =>
    page.evaluate<number>(`new Promise((resolve) => {
      const socket = new WebSocket(location.origin.replace('http', 'ws') + ${JSON.stringify(path)}, ${JSON.stringify(protocol)});
      socket.onopen = () => socket.send(${JSON.stringify(hello)});
      socket.onclose = ({ code }) => resolve(code);
    })`);
  const wrong = JSON.stringify({ type: 'auth', token: 'admin:wrong' });
  expect(await codeOf('/graphql', 'graphql-transport-ws', '{"type":"connection_init"}')).toBe(4403);
  expect(await codeOf('/api/events/out', 'prefect', wrong)).toBe(1008);
  expect(await codeOf('/api/logs/out', 'prefect', wrong)).toBe(1008);
});

import { existsSync } from 'node:fs';

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { TestContext } from 'vitest';

const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser of this machine, or the one that comes as a package. */
const findBrowser = async (): Promise<{ path: string } | { missing: string }> => {
  const chosen = process.env['CHROME'];
  if (chosen !== undefined) return { path: chosen };
  const installed = systemBrowsers.find((path) => existsSync(path));
  if (installed !== undefined) return { path: installed };
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    return { path: await packaged.executablePath() };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
};

const launch = async (): Promise<Browser | string> => {
  const found = await findBrowser();
  if ('missing' in found) return `no browser: ${found.missing}`;
  try {
    return await chromium.launch({
      executablePath: found.path,
      args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
    });
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return `the browser ${found.path} does not start: ${reason}`;
  }
};

let launched: Promise<Browser | string> | undefined;

/** The browser of this test file; skips the test with the reason where there is none. */
export const openBrowser = async ({ skip }: TestContext): Promise<Browser> => {
  launched ??= launch();
  const browser = await launched;
  return typeof browser === 'string' ? skip(browser) : browser;
};

export const closeBrowser = async (): Promise<void> => {
  const browser = await launched;
  if (browser !== undefined && typeof browser !== 'string') await browser.close();
};

/** A page with what it must not do: errors in its console, and requests to other hosts. */
export type WatchedPage = {
  readonly page: Page;
  readonly problems: readonly string[];
  /** The GraphQL operations that were posted since the page was opened. */
  readonly operations: readonly string[];
};

type OpenPage = { readonly browser: Browser; readonly url: string };

const operationName = (body: string | null): string =>
  /"query":"\s*(?:query|mutation) (\w+)/.exec(body ?? '')?.[1] ?? 'unnamed';

/** Opens an empty page of its own profile that watches itself. */
export const openPage = async (
  { browser, url }: OpenPage,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> => {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  const operations: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const target = new URL(request.url());
    const isLocal = target.origin === url || ['data:', 'blob:'].includes(target.protocol);
    if (!isLocal) problems.push(`request to ${target.host}`);
    if (target.pathname === '/graphql' && request.method() === 'POST') {
      operations.push(operationName(request.postData()));
    }
  });
  return { page, problems, operations };
};

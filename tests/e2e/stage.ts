import type { BrowserContextOptions } from 'playwright-core';
import type { TestContext } from 'vitest';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { startOurServer } from '#tests/support/replay/server.ts';

import { closeBrowser, openBrowser, openPage, type WatchedPage } from './browser.ts';
import { createSeeder, type Seeder } from './seed.ts';

/** Our server, what writes to it, and pages of it. */
export type Stage = {
  readonly url: string;
  readonly seed: Seeder;
  readonly open: (options?: BrowserContextOptions) => Promise<WatchedPage>;
};

let started: Promise<ServerProcess> | undefined;

/** The server of this test file and a browser; skips the test with the reason where there is none. */
export const openStage = async (context: TestContext): Promise<Stage> => {
  const browser = await openBrowser(context);
  started ??= startOurServer();
  const { url } = await started;
  return { url, seed: createSeeder(url), open: (options) => openPage({ browser, url }, options) };
};

export const closeStage = async (): Promise<void> => {
  await closeBrowser();
  if (started !== undefined) await (await started).stop();
};

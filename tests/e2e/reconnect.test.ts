import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { freePort } from '#tests/support/replay/server-process.ts';
import { startOurServer } from '#tests/support/replay/server.ts';

import { closeBrowser, openBrowser, openPage } from './browser.ts';
import { createSeeder } from './seed.ts';

const home = mkdtempSync(join(tmpdir(), 'prefect-reconnect-'));

afterAll(async () => {
  await closeBrowser();
  rmSync(home, { recursive: true, force: true });
});

test('a page that was open while the server restarted goes on by itself', async (context) => {
  const browser = await openBrowser(context);
  const port = await freePort();
  const first = await startOurServer({ home, port });
  const seed = createSeeder(first.url);
  const run = await seed.flowRun({ flow_id: await seed.flow('restarted'), name: 'outlives' });
  await seed.setState(run.id, 'RUNNING');
  await seed.log(run.id, 'before the restart');
  const { page } = await openPage({ browser, url: first.url });
  await page.goto(`/runs/flow-run/${run.id}`);
  await page.getByRole('log').getByText('before the restart').waitFor();

  const { page: other } = await openPage({ browser, url: first.url });
  await other.goto('/dashboard');
  await other.getByRole('link', { name: 'outlives' }).waitFor();

  await first.stop();
  await page.locator('[data-status="reconnecting"]').first().waitFor();
  await page.getByText('What you see may be out of date.').waitFor();
  await other.getByRole('link', { name: 'Work pools', exact: true }).click();
  await other.getByRole('heading', { name: 'This page could not be opened' }).waitFor();
  const second = await startOurServer({ home, port });
  try {
    await seed.log(run.id, 'after the restart');
    await seed.setState(run.id, 'COMPLETED');

    await page.locator('[data-status="live"]').first().waitFor();
    await page.getByRole('log').getByText('after the restart').waitFor();
    await page.locator('[data-state="COMPLETED"]').first().waitFor();
    expect(await page.getByText('What you see may be out of date.').count()).toBe(0);
    await other.getByRole('heading', { name: 'Work pools', exact: true }).waitFor();
    expect(await page.getByRole('log').getByText('after the restart').count()).toBe(1);
  } finally {
    await second.stop();
  }
});

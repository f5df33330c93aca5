import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';

import { closeStage, openStage, type Stage } from './stage.ts';

afterAll(closeStage);

const LISTS = [
  '/dashboard',
  '/runs',
  '/flows',
  '/deployments',
  '/work-pools',
  '/concurrency-limits',
  '/variables',
] as const;

/** One of everything, and the addresses of the pages that show it. */
const seedAll = async ({ seed }: Stage): Promise<readonly string[]> => {
  const flowId = await seed.flow('everything');
  await seed.workPool('pool');
  const schedules = [{ schedule: { cron: '0 6 * * *', timezone: 'Europe/Berlin' }, active: true }];
  const deployment = { flow_id: flowId, name: 'nightly', schedules, work_pool_name: 'pool' };
  const deploymentId = await seed.deployment({ ...deployment, tags: ['prod'] });
  const run = await seed.flowRun({ flow_id: flowId, name: 'one-run', tags: ['prod', 'eu'] });
  await seed.setState(run.id, 'RUNNING');
  await seed.taskRun({ flow_run_id: run.id, name: 'one-task' });
  await seed.log(run.id, 'one line');
  const failed = await seed.flowRun({ flow_id: flowId, name: 'failed-run' });
  await seed.setState(failed.id, 'FAILED', { message: 'It broke.' });
  const table = [{ column: 'total', nulls: 3 }];
  const artifact = { key: 'nulls', type: 'table', data: JSON.stringify(table) };
  await seed.limit('limit', 2);
  await seed.takeSlot('limit', run.id);
  await seed.worker('pool', 'worker');
  const waiting = { flow_id: flowId, work_pool_name: 'pool', state: { type: 'SCHEDULED' } };
  const late = await seed.flowRun({ ...waiting, name: 'waiting-run' });
  const artifactId = await seed.artifact({ ...artifact, flow_run_id: run.id });
  return [
    '/dashboard',
    '/runs',
    ...['logs', 'task-runs', 'subflow-runs', 'artifacts', 'parameters', 'details'].map(
      (tab) => `/runs/flow-run/${run.id}?tab=${tab}`,
    ),
    `/runs/flow-run/${late.id}`,
    '/flows',
    `/flows/flow/${flowId}`,
    '/deployments',
    ...['runs', 'upcoming', 'parameters', 'details'].map(
      (tab) => `/deployments/deployment/${deploymentId}?tab=${tab}`,
    ),
    '/work-pools',
    ...['queues', 'workers', 'runs', 'deployments', 'details'].map(
      (tab) => `/work-pools/work-pool/pool?tab=${tab}`,
    ),
    '/concurrency-limits',
    '/login',
    '/artifacts',
    `/artifacts/artifact/${artifactId}`,
    '/variables',
  ];
};

let seeded: Promise<readonly string[]> | undefined;

const settle = async (page: Page, path: string): Promise<void> => {
  await page.goto(path);
  await page.locator('h1').waitFor();
  await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
};

const seriousFaults = async (page: Page): Promise<readonly string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
};

/** Runs one page after the other: a browser with a dozen of them at once measures only itself. */
const visitAll = async (
  paths: readonly string[],
  visit: (path: string) => Promise<void>,
): Promise<void> => {
  const [path, ...rest] = paths;
  if (path === undefined) return;
  await visit(path);
  await visitAll(rest, visit);
};

test.for(['light', 'dark'] as const)(
  'every page is free of console errors and serious accessibility faults in the %s theme',
  async (colorScheme, context) => {
    const stage = await openStage(context);
    seeded ??= seedAll(stage);
    const paths = await seeded;
    const { page, problems } = await stage.open({ colorScheme });
    const faults: string[] = [];

    await visitAll(paths, async (path) => {
      await settle(page, path);
      faults.push(...(await seriousFaults(page)).map((fault) => `${path} ${fault}`));
    });

    expect(faults).toEqual([]);
    expect(problems).toEqual([]);
  },
);

test('every page fits a screen of 390 pixels and ends where its content does', async (context) => {
  const stage = await openStage(context);
  seeded ??= seedAll(stage);
  const paths = await seeded;
  const { page, problems } = await stage.open({ viewport: { width: 390, height: 844 } });
  const faults: string[] = [];

  await visitAll(paths, async (path) => {
    await settle(page, path);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > 390) faults.push(`${path} is ${width} pixels wide`);
    const blank = await page.evaluate<number>(
      'document.documentElement.scrollHeight - Math.max(innerHeight, document.body.getBoundingClientRect().bottom + scrollY)',
    );
    if (blank > 1) faults.push(`${path} has ${blank} blank pixels below it`);
  });

  expect(faults).toEqual([]);
  expect(problems).toEqual([]);
});

test('every page asks the server one question before it can be read', async (context) => {
  const stage = await openStage(context);

  await visitAll(LISTS, async (path) => {
    const { page, operations } = await stage.open();
    await settle(page, path);
    expect({ path, count: operations.length }).toEqual({ path, count: 1 });
    await page.context().close();
  });
});

test('the theme is kept and is there before the first paint', async (context) => {
  const stage = await openStage(context);
  const { page, problems } = await stage.open({ colorScheme: 'light' });
  await settle(page, '/flows');

  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await page.reload();

  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  expect(problems).toEqual([]);
});

test('an address that leads nowhere says so', async (context) => {
  const stage = await openStage(context);
  const { page, problems } = await stage.open();
  await page.goto('/no/such/page');

  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  expect(problems).toEqual([]);
});

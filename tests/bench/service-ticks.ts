/**
 * What the services cost, without a server around them:
 *
 *   node tests/bench/service-ticks.ts schedule FILE|postgresql://…   1,000 deployments × 50 runs, and requests meanwhile
 *   node tests/bench/service-ticks.ts idle FILE|postgresql://…       each service twice, on a database that is filled
 *
 * The second time of `idle` is that of a server with nothing to do.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { createDeployment } from '#server/commands/deployment/create-deployment.ts';
import type { Context } from '#server/context.ts';
import { openDatabase } from '#server/db/open.ts';
import { createInProcessBus } from '#server/events/bus-in-process.ts';
import { EventIntake } from '#server/events/intake.ts';
import { createLog } from '#server/log.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { createServiceBoard } from '#server/service-board.ts';
import { listServices } from '#server/services/index.ts';
import { scheduler } from '#server/services/scheduler.ts';
import { readSettings } from '#server/settings.ts';
import { serveApi } from '#tests/support/api.ts';
import { buildFlow } from '#tests/support/deployments.ts';

import type { Asked } from './asking-thread.ts';

const ASKING = join(import.meta.dirname, 'asking-thread.ts');

const DEPLOYMENTS = 1000;
/** An hour is planned ahead: fifty runs. */
const INTERVAL_SECONDS = 72;

const [task, target = ''] = process.argv.slice(2);
const settings = readSettings({
  PREFECT_SERVER_DATABASE_CONNECTION_URL: target.startsWith('postgres')
    ? target
    : `sqlite:///${target}`,
  PREFECT_SERVER_LOGGING_LEVEL: 'ERROR',
  PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED: 'events,flow_runs,orphans',
  PREFECT_SERVER_SERVICES_HEARTBEAT_REAPER_ENABLED: 'true',
});
const log = createLog(settings);
const db = await openDatabase(settings, log);
const bus = createInProcessBus();
db.onCommit((announcements) => bus.publish(announcements));
const board = createServiceBoard();
const intake = new EventIntake({ db, settings, log, board });
const ctx: Context = { db, bus, settings, log, intake, board };

const millisOf = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

const quantile = (sorted: readonly number[], part: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1);

const schedule = async (): Promise<void> => {
  const flowId = await buildFlow(ctx);
  const schedules = [{ schedule: parseSchedule({ interval: INTERVAL_SECONDS, timezone: 'UTC' }) }];
  const indexes = Array.from({ length: DEPLOYMENTS }, (_, index) => index);
  const make = (index: number): Promise<unknown> =>
    createDeployment(ctx, { name: `deployment-${index}`, flowId, schedules });
  await Promise.all(indexes.map(make));
  const api = await serveApi(ctx);
  const asking = new Worker(ASKING, { workerData: `${api.url}/api/flows/${flowId}` });
  await once(asking, 'online');
  let report: unknown;
  const before = process.cpuUsage();
  const millis = await millisOf(async () => {
    report = await scheduler.runOnce(ctx);
  });
  const cpu = process.cpuUsage(before);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  asking.postMessage('end');
  // A message of a thread is handed over as the only argument.
  const [{ latencies, broken }] = (await once(asking, 'message')) as [Asked];
  const sorted = latencies.toSorted((one, other) => one - other);
  console.log(
    `scheduler: ${millis.toFixed(0)} ms, ${((cpu.user + cpu.system) / 1000).toFixed(0)} ms of CPU with the requests, ${JSON.stringify(report)}; ${sorted.length} requests meanwhile, ${broken} broken: ` +
      `p50 ${quantile(sorted, 0.5)} ms, p95 ${quantile(sorted, 0.95)} ms, max ${quantile(sorted, 1)} ms`,
  );
  const again = await millisOf(() => scheduler.runOnce(ctx));
  console.log(`scheduler, with nothing to plan: ${again.toFixed(1)} ms`);
  await api.close();
};

const idle = async (): Promise<void> => {
  for (const service of listServices()) {
    const times: string[] = [];
    let report: unknown;
    for (let turn = 0; turn < 3; turn += 1) {
      const millis = await millisOf(async () => {
        report = await service.runOnce(ctx);
      });
      times.push(millis.toFixed(1));
    }
    console.log(`${service.name.padEnd(22)} ${times.join(' / ')} ms  ${JSON.stringify(report)}`);
  }
};

await (task === 'schedule' ? schedule() : idle());
await intake.close();
await bus.close();
await db.close();

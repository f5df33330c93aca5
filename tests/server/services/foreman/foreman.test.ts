import { expect, test } from 'vitest';

import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { getScheduledFlowRuns } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { recordWorkerHeartbeat } from '#server/commands/worker/record-worker-heartbeat.ts';
import type { Context } from '#server/context.ts';
import { run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { readDeployment } from '#server/queries/deployment/read-deployment.ts';
import { readWorkPoolByName } from '#server/queries/work-pool/read-work-pool.ts';
import { readWorkQueue } from '#server/queries/work-queue/read-work-queue.ts';
import { foreman } from '#server/services/foreman.ts';
import { addSeconds, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment, eventNames } from '#tests/support/deployments.ts';

const AGES = [
  statement<[at: number]>('UPDATE worker SET last_heartbeat_time = ?'),
  statement<[at: number]>('UPDATE work_queue SET last_polled = ? WHERE last_polled IS NOT NULL'),
  statement<[at: number]>('UPDATE deployment SET last_polled = ? WHERE last_polled IS NOT NULL'),
];

/** Lets everybody have been silent for so long. */
const waitSeconds = (ctx: Context, seconds: number) =>
  ctx.db.write(function* () {
    for (const age of AGES) yield* run(age(addSeconds(nowMicros(), -seconds)));
  });

describeEachDatabase('the foreman', (db) => {
  const build = async (name: string) => {
    const pool = await createWorkPool(db.ctx, { name, type: 'process' });
    const deployment = await buildDeployment(db.ctx, { name, workPoolName: name });
    await recordWorkerHeartbeat(db.ctx, { workPoolName: name, name: 'w' });
    await getScheduledFlowRuns(db.ctx, { workPoolName: name, limit: 1 });
    const statuses = async () => [
      (await readWorkPoolByName(db.ctx, name))?.status,
      (await readWorkQueue(db.ctx, pool.defaultQueueId ?? ''))?.status,
      (await readDeployment(db.ctx, deployment.id))?.status,
    ];
    return { pool, deployment, statuses };
  };

  test('leaves alone who was heard of lately', async () => {
    const { statuses } = await build('lively');
    await waitSeconds(db.ctx, 50);
    await foreman.runOnce(db.ctx);
    expect(await statuses()).toEqual(['READY', 'READY', 'READY']);
  });

  test('notices who fell silent, once', async () => {
    const { pool, deployment, statuses } = await build('silent');
    await waitSeconds(db.ctx, 100);
    await foreman.runOnce(db.ctx);
    expect(await statuses()).toEqual(['NOT_READY', 'NOT_READY', 'NOT_READY']);
    expect(await foreman.runOnce(db.ctx)).toEqual({
      workers: 0,
      pools: 0,
      queues: 0,
      deployments: 0,
    });
    expect(await eventNames(db.ctx, `prefect.work-pool.${pool.id}`)).toEqual([
      'prefect.work-pool.created',
      'prefect.work-pool.not-ready',
      'prefect.work-pool.ready',
      'prefect.work-pool.not-ready',
    ]);
    expect(await eventNames(db.ctx, `prefect.deployment.${deployment.id}`)).toContain(
      'prefect.deployment.not-ready',
    );
    expect((await readDeployment(db.ctx, deployment.id))?.updated).toBe(deployment.updated);
  });
});

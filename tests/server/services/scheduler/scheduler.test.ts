import { expect, test } from 'vitest';

import {
  deleteDeploymentSchedule,
  updateDeploymentSchedule,
} from '#server/commands/deployment-schedule/change-schedules.ts';
import { pauseDeployment, resumeDeployment } from '#server/commands/deployment/pause-deployment.ts';
import { scheduleDeployments } from '#server/commands/deployment/schedule-deployments.ts';
import { updateDeployment } from '#server/commands/deployment/update-deployment.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readDeployment } from '#server/queries/deployment/read-deployment.ts';
import { filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { recentDeployments } from '#server/services/recent-deployments.ts';
import { scheduler } from '#server/services/scheduler.ts';
import { addSeconds, nowMicros, parseInstant } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment, eventNames } from '#tests/support/deployments.ts';

const everySeconds = (interval: number) => parseSchedule({ interval, timezone: 'UTC' });

const runsOf = (ctx: Context, deploymentId: string) =>
  filterFlowRuns(ctx, {
    filter: { deploymentId: { in: [deploymentId] } },
    sort: 'EXPECTED_START_TIME_ASC',
    page: { limit: 200, offset: 0 },
  });

const instant = (text: string) => parseInstant(text) ?? nowMicros();

describeEachDatabase('scheduleDeployments', (db) => {
  test('leaves out a schedule that is not active', async () => {
    const schedules = [{ schedule: everySeconds(60), active: false }];
    const { id } = await buildDeployment(db.ctx, { schedules });
    expect(await scheduleDeployments(db.ctx, { deploymentIds: [id] })).toBe(0);
  });

  test('plans runs as the schedule has them, without events', async () => {
    const { id } = await buildDeployment(db.ctx, {
      version: '3',
      tags: ['t'],
      parameters: { a: 0, b: 1 },
      schedules: [
        {
          schedule: parseSchedule({ cron: '0 0 1 1 *', timezone: 'America/New_York' }),
          slug: 'yearly',
          parameters: { a: 1 },
        },
      ],
    });
    const made = await scheduleDeployments(db.ctx, {
      deploymentIds: [id],
      start: instant('2030-01-01T00:00:00Z'),
      end: instant('2033-01-03T00:00:00Z'),
      minRuns: 2,
      maxRuns: 2,
    });
    const runs = await runsOf(db.ctx, id);
    const schedule = (await readDeployment(db.ctx, id))?.schedules[0];
    expect(made).toBe(2);
    expect(runs).toMatchObject([
      {
        idempotencyKey: `scheduled ${id} ${schedule?.id} 2030-01-01 00:00:00-05:00`,
        deploymentVersion: '3',
        parameters: { a: 1, b: 1 },
        tags: ['auto-scheduled', 't'],
        autoScheduled: true,
        createdBy: { id: schedule?.id, type: 'SCHEDULE', display_value: 'yearly' },
        labels: { team: 'flow', 'prefect.deployment.id': id },
        nextScheduledStartTime: instant('2030-01-01T05:00:00Z'),
        state: {
          type: 'SCHEDULED',
          name: 'Scheduled',
          message: 'Flow run scheduled',
          details: { scheduled_time: '2030-01-01T00:00:00-05:00' },
        },
      },
      { nextScheduledStartTime: instant('2031-01-01T05:00:00Z') },
    ]);
    expect(await eventNames(db.ctx, `prefect.flow-run.${runs[0]?.id}`)).toEqual([]);
  });

  test('plans at least three runs, and an hour ahead, but no more than a hundred', async () => {
    const countFor = async (interval: number) => {
      const schedules = [{ schedule: everySeconds(interval) }];
      const { id } = await buildDeployment(db.ctx, { schedules });
      return scheduleDeployments(db.ctx, { deploymentIds: [id] });
    };
    expect(await countFor(7200)).toBe(3);
    expect(await countFor(600)).toBeGreaterThanOrEqual(6);
    expect(await countFor(10)).toBe(100);
  });

  test('called twice, and at once, plans each date once', async () => {
    const { id } = await buildDeployment(db.ctx, {
      schedules: [{ schedule: everySeconds(3600) }],
    });
    const plan = () => scheduleDeployments(db.ctx, { deploymentIds: [id] });
    const counts = await Promise.all([plan(), plan(), plan()]);
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(await runsOf(db.ctx, id)).toHaveLength(total);
    expect(total).toBe(3);
    expect(await plan()).toBe(0);
  });

  test('a change of the deployment removes what was planned, and the same dates are planned anew', async () => {
    const { id } = await buildDeployment(db.ctx, {
      schedules: [{ schedule: everySeconds(3600), slug: 's' }],
    });
    await scheduleDeployments(db.ctx, { deploymentIds: [id] });
    const keys = (await runsOf(db.ctx, id)).map(({ idempotencyKey }) => idempotencyKey);
    await updateDeployment(db.ctx, { id, changes: { tags: ['new'] } });
    expect(await runsOf(db.ctx, id)).toEqual([]);
    await scheduleDeployments(db.ctx, { deploymentIds: [id] });
    const again = await runsOf(db.ctx, id);
    expect(again.map(({ idempotencyKey }) => idempotencyKey)).toEqual(keys);
    expect(again[0]?.tags).toEqual(['auto-scheduled', 'new']);
  });

  test('runs go when the deployment is paused, or a schedule is changed or removed', async () => {
    const { id } = await buildDeployment(db.ctx, {
      schedules: [{ schedule: everySeconds(3600), slug: 's' }],
    });
    const schedule = (await readDeployment(db.ctx, id))?.schedules[0]?.id ?? '';
    const plan = () => scheduleDeployments(db.ctx, { deploymentIds: [id] });
    await plan();
    await pauseDeployment(db.ctx, id);
    expect(await runsOf(db.ctx, id)).toEqual([]);
    await resumeDeployment(db.ctx, id);
    await plan();
    const key = { deploymentId: id, id: schedule };
    await updateDeploymentSchedule(db.ctx, { ...key, changes: { active: false } });
    expect(await runsOf(db.ctx, id)).toEqual([]);
    await updateDeploymentSchedule(db.ctx, { ...key, changes: { active: true } });
    await plan();
    await deleteDeploymentSchedule(db.ctx, key);
    expect(await runsOf(db.ctx, id)).toEqual([]);
  });
});

describeEachDatabase('the services that plan runs', (db) => {
  test('plan what is missing, once, and skip what is paused', async () => {
    const schedules = [{ schedule: everySeconds(7200) }];
    const active = await buildDeployment(db.ctx, { schedules });
    const paused = await buildDeployment(db.ctx, { schedules, paused: true });
    expect(await scheduler.runOnce(db.ctx)).toEqual({ deployments: 1, runs: 3 });
    expect(await scheduler.runOnce(db.ctx)).toEqual({ deployments: 0, runs: 0 });
    expect(await runsOf(db.ctx, active.id)).toHaveLength(3);
    expect(await runsOf(db.ctx, paused.id)).toEqual([]);
    await updateDeployment(db.ctx, { id: active.id, changes: { version: '2' } });
    expect(await recentDeployments.runOnce(db.ctx)).toEqual({ deployments: 1, runs: 3 });
  });

  test('two of them at once plan each date once', async () => {
    const deployment = await buildDeployment(db.ctx, {
      schedules: [{ schedule: everySeconds(7200) }],
    });
    await Promise.all([
      scheduler.runOnce(db.ctx),
      recentDeployments.runOnce(db.ctx),
      scheduler.runOnce(db.ctx),
    ]);
    const runs = await runsOf(db.ctx, deployment.id);
    expect(runs).toHaveLength(3);
    expect(runs.every(({ state }) => state !== null)).toBe(true);
  });

  test('the slow one looks at a schedule whose last run is less than an hour ahead', async () => {
    const { id } = await buildDeployment(db.ctx, {
      schedules: [{ schedule: everySeconds(900) }],
    });
    await scheduleDeployments(db.ctx, {
      deploymentIds: [id],
      end: addSeconds(nowMicros(), 2700),
      minTimeSeconds: 0,
    });
    const before = (await runsOf(db.ctx, id)).length;
    await scheduler.runOnce(db.ctx);
    expect((await runsOf(db.ctx, id)).length).toBeGreaterThan(before);
  });
});

describeEachDatabase(
  'planning in small batches',
  (db) => {
    test('reaches every deployment and run', async () => {
      const schedules = [{ schedule: everySeconds(7200) }];
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        await buildDeployment(db.ctx, { name, schedules });
      }
      expect(await scheduler.runOnce(db.ctx)).toEqual({ deployments: 5, runs: 15 });
      const all = db.ctx.db.builder.selectFrom('flowRunState').selectAll();
      expect(await db.ctx.db.read(() => rows(all))).toHaveLength(15);
    });
  },
  { services: { scheduler: { deploymentBatchSize: 2, insertBatchSize: 4 } } },
);

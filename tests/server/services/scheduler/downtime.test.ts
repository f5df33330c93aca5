import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { getScheduledFlowRuns } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { lateRuns } from '#server/services/late-runs.ts';
import { recentDeployments } from '#server/services/recent-deployments.ts';
import { scheduler } from '#server/services/scheduler.ts';
import { formatOptionalInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment } from '#tests/support/deployments.ts';

const HOUR_MILLIS = 3_600_000;
/** Hours that the least plan reaches ahead: three runs of an hourly schedule. */
const PLANNED_HOURS = 3;

describeEachDatabase('A server that was away', (db) => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  const plan = () => Promise.all([scheduler.runOnce(db.ctx), recentDeployments.runOnce(db.ctx)]);
  const runsOf = async (deploymentId: string) =>
    (
      await filterFlowRuns(db.ctx, {
        filter: { deploymentId: { in: [deploymentId] } },
        sort: 'EXPECTED_START_TIME_ASC',
        page: { limit: 200, offset: 0 },
      })
    ).map(({ expectedStartTime, state }) => ({
      at: formatOptionalInstant(expectedStartTime),
      state: state?.name,
    }));

  test.for([
    // In the order of time, for the clock of a server only goes forward.
    { from: '2027-05-03T10:00:00Z', awayHours: 1, what: 'less long than it had planned ahead' },
    { from: '2027-05-04T10:00:00Z', awayHours: 30, what: 'for longer than it had planned ahead' },
  ])('$what hands out what it had planned, late, and plans on from now', async (away) => {
    const { awayHours } = away;
    const start = Date.parse(away.from);
    const hour = (index: number): string =>
      new Date(start + index * HOUR_MILLIS).toISOString().replace('.000', '');
    vi.setSystemTime(start - 1000);
    const pool = `away-${awayHours}`;
    await createWorkPool(db.ctx, { name: pool, type: 'process' });
    const schedule = parseSchedule({ interval: 3600, anchor_date: hour(0), timezone: 'UTC' });
    const { id } = await buildDeployment(db.ctx, {
      name: pool,
      workPoolName: pool,
      schedules: [{ schedule }],
    });
    await plan();
    const planned = Array.from({ length: PLANNED_HOURS }, (_, index) => hour(index));
    expect((await runsOf(id)).map(({ at }) => at)).toEqual(planned);

    // Half an hour after the last date that it missed.
    vi.setSystemTime(start + (awayHours + 0.5) * HOUR_MILLIS);
    await lateRuns.runOnce(db.ctx);
    await Promise.all([plan(), plan()]);

    const missed = planned.filter((at) => at <= hour(awayHours));
    const ahead = Array.from({ length: PLANNED_HOURS }, (_, index) => hour(awayHours + 1 + index));
    expect(await runsOf(id)).toEqual([
      ...missed.map((at) => ({ at, state: 'Late' })),
      ...ahead.map((at) => ({ at, state: 'Scheduled' })),
    ]);
    const handedOut = await getScheduledFlowRuns(db.ctx, {
      workPoolName: pool,
      scheduledBefore: nowMicros(),
      limit: 200,
    });
    expect(
      handedOut.map(({ flowRun }) => formatOptionalInstant(flowRun.expectedStartTime)),
    ).toEqual(missed);
  });
});

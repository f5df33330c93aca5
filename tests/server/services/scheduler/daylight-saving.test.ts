import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { updateDeployment } from '#server/commands/deployment/update-deployment.ts';
import { filterFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { recentDeployments } from '#server/services/recent-deployments.ts';
import { scheduler } from '#server/services/scheduler.ts';
import { formatOptionalInstant } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment } from '#tests/support/deployments.ts';

const MINUTE_MILLIS = 60_000;

interface Change {
  readonly zone: string;
  /** Eight hours by the clock of UTC, the change among them. */
  readonly from: string;
  /** The half hours of UTC in which the local clock shows what it showed before. */
  readonly repeated: readonly string[];
  /** When it is 02:30 there, or would be. */
  readonly halfPastTwo: string;
}

/** In the order of time, for the clock of a server only goes forward. */
const CHANGES: readonly Change[] = [
  // Forward from 02:00 to 03:00 at 07:00: what is not there comes an hour later, and not beside what comes then.
  {
    zone: 'America/New_York',
    from: '2027-03-14T03:00:00Z',
    repeated: [],
    halfPastTwo: '2027-03-14T07:30:00Z',
  },
  // Forward from 02:00 to 03:00 at 01:00.
  {
    zone: 'Europe/Berlin',
    from: '2027-03-27T21:00:00Z',
    repeated: [],
    halfPastTwo: '2027-03-28T01:30:00Z',
  },
  // Back from 02:00 to 01:30 at 15:00.
  {
    zone: 'Australia/Lord_Howe',
    from: '2027-04-03T11:00:00Z',
    repeated: ['2027-04-03T15:00:00Z'],
    halfPastTwo: '2027-04-03T16:00:00Z',
  },
  // Forward from 02:00 to 02:30 at 15:30.
  {
    zone: 'Australia/Lord_Howe',
    from: '2027-10-02T11:00:00Z',
    repeated: [],
    halfPastTwo: '2027-10-02T15:30:00Z',
  },
  // Back from 03:00 to 02:00 at 01:00.
  {
    zone: 'Europe/Berlin',
    from: '2027-10-30T21:00:00Z',
    repeated: ['2027-10-31T01:00:00Z', '2027-10-31T01:30:00Z'],
    halfPastTwo: '2027-10-31T00:30:00Z',
  },
  // Back from 02:00 to 01:00 at 06:00.
  {
    zone: 'America/New_York',
    from: '2027-11-07T03:00:00Z',
    repeated: ['2027-11-07T06:00:00Z', '2027-11-07T06:30:00Z'],
    halfPastTwo: '2027-11-07T07:30:00Z',
  },
];

const asText = (millis: number): string => new Date(millis).toISOString().replace('.000', '');

/** Instants so many minutes apart, from one up to and with another. */
const every = (minutes: number, from: number, to: number): readonly string[] =>
  Array.from({ length: (to - from) / (minutes * MINUTE_MILLIS) + 1 }, (_, index) =>
    asText(from + index * minutes * MINUTE_MILLIS),
  );

describeEachDatabase('The running scheduler, when clocks are changed', (db) => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  const plannedDates = async (deploymentId: string, from: number, to: number) => {
    const runs = await filterFlowRuns(db.ctx, {
      filter: { deploymentId: { in: [deploymentId] } },
      sort: 'EXPECTED_START_TIME_ASC',
      page: { limit: 200, offset: 0 },
    });
    const dates = runs.map(({ expectedStartTime }) => formatOptionalInstant(expectedStartTime));
    return dates.filter((date) => date !== null && date >= asText(from) && date <= asText(to));
  };

  test.for(CHANGES)(
    'on $from in $zone, plans each local time once and leaves none out',
    { timeout: 60_000 },
    async ({ zone, from, repeated, halfPastTwo }) => {
      const start = Date.parse(from);
      const end = start + 8 * 60 * MINUTE_MILLIS;
      vi.setSystemTime(start - MINUTE_MILLIS);
      const build = async (schedule: Parameters<typeof parseSchedule>[0]) =>
        (await buildDeployment(db.ctx, { schedules: [{ schedule: parseSchedule(schedule) }] })).id;
      const halfHourly = await build({ cron: '*/30 * * * *', timezone: zone });
      const daily = await build({ cron: '30 2 * * *', timezone: zone });
      const hourly = await build({ interval: 3600, anchor_date: from, timezone: zone });
      for (let now = start - MINUTE_MILLIS; now <= end; now += 20 * MINUTE_MILLIS) {
        vi.setSystemTime(now);
        // A change makes the server forget what it has planned and plan it again.
        if (now % (7 * MINUTE_MILLIS) === 0) {
          await updateDeployment(db.ctx, { id: halfHourly, changes: { version: `${now}` } });
        }
        await Promise.all([scheduler.runOnce(db.ctx), recentDeployments.runOnce(db.ctx)]);
      }
      expect(await plannedDates(halfHourly, start, end)).toEqual(
        every(30, start, end).filter((date) => !repeated.includes(date)),
      );
      expect(await plannedDates(daily, start, end)).toEqual([halfPastTwo]);
      expect(await plannedDates(hourly, start, end)).toEqual(every(60, start, end));
    },
  );
});

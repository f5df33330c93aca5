import { describe, expect, test } from 'vitest';

import { ServerError } from '#server/errors.ts';
import { parseSchedule, scheduleToWire, storedSchedule } from '#server/schedules/wire.ts';
import { isValidTimezone } from '#server/schedules/zone.ts';

import { datesOf, instant, outcomeOf } from './vectors.ts';

const issuesOf = (wire: unknown): unknown => {
  try {
    return parseSchedule(wire);
  } catch (error) {
    return error instanceof ServerError ? error.details['issues'] : error;
  }
};

const inInterval = 'function-after[validate_timezone(), IntervalSchedule]';
const inCron = 'function-after[validate_timezone(), CronSchedule]';

describe('the JSON of a schedule', () => {
  test('is refused with what is wrong with it as each kind', () => {
    expect(issuesOf({ cron: 'bad' })).toEqual([
      {
        type: 'missing',
        loc: [inInterval, 'interval'],
        msg: 'Field required',
        input: { cron: 'bad' },
      },
      {
        type: 'extra_forbidden',
        loc: [inInterval, 'cron'],
        msg: 'Extra inputs are not permitted',
        input: 'bad',
      },
      {
        type: 'value_error',
        loc: [inCron, 'cron'],
        msg: 'Value error, Invalid cron string: "bad"',
        input: 'bad',
      },
      {
        type: 'missing',
        loc: ['RRuleSchedule', 'rrule'],
        msg: 'Field required',
        input: { cron: 'bad' },
      },
      {
        type: 'extra_forbidden',
        loc: ['RRuleSchedule', 'cron'],
        msg: 'Extra inputs are not permitted',
        input: 'bad',
      },
    ]);
  });

  test('is refused when it is no kind of schedule', () => {
    const refused = 'A schedule needs one of interval, cron and rrule.';
    for (const wire of [{}, null, 'daily', 5, [], { timezone: 'UTC' }]) {
      expect(outcomeOf(() => parseSchedule(wire))).toEqual({ refused });
    }
  });

  test('is refused when a zone of a recurrence is unknown', () => {
    expect(issuesOf({ rrule: 'FREQ=DAILY', timezone: 'Mars/X' })).toContainEqual(
      expect.objectContaining({
        type: 'string_pattern_mismatch',
        loc: ['RRuleSchedule', 'timezone'],
      }),
    );
  });

  test.each([
    [{ interval: 3600, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC' }],
    [
      {
        interval: 60.5,
        anchor_date: '2026-01-01T00:00:00.000001+05:30',
        timezone: 'Europe/Berlin',
      },
    ],
    [{ interval: 1, anchor_date: '2025-12-31T23:59:59-03:30', timezone: '' }],
    [{ cron: '0 0 * * *', timezone: 'Europe/Berlin', day_or: false }],
    [{ cron: '@daily', timezone: null, day_or: true }],
    [{ rrule: 'DTSTART:20200101T000000\nFREQ=DAILY', timezone: 'UTC' }],
  ])('reads and writes %j without a change', (wire) => {
    expect(scheduleToWire(parseSchedule(wire))).toEqual(wire);
  });

  test.each([
    [
      { interval: 'PT1H' },
      { interval: 3600, anchor_date: '2026-05-01T10:00:00.000005Z', timezone: 'UTC' },
    ],
    [
      { interval: '1 day, 00:00:01', anchor_date: '2026-01-01' },
      { interval: 86401, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC' },
    ],
    [
      { interval: 60, anchor_date: 1.5 },
      { interval: 60, anchor_date: '1970-01-01T00:00:01.500000Z', timezone: 'UTC' },
    ],
    [{ cron: '1 1 * * *' }, { cron: '1 1 * * *', timezone: null, day_or: true }],
    [
      { cron: '1 1 * * *', day_or: 'off' },
      { cron: '1 1 * * *', timezone: null, day_or: false },
    ],
    [{ rrule: 'FREQ=DAILY' }, { rrule: 'DTSTART:20200101T000000\nFREQ=DAILY', timezone: 'UTC' }],
  ])('stores %j as %j', (wire, stored) => {
    const now = instant('2026-05-01T10:00:00.000005Z');
    expect(scheduleToWire(storedSchedule(parseSchedule(wire, now), now))).toEqual(stored);
  });

  test.each(['utc', 'europe/berlin', '+02:00', 'Mars/X', '', 'UTC+1'])(
    'knows no zone %j',
    (name) => {
      expect(isValidTimezone(name)).toBe(false);
    },
  );

  test.each(['UTC', 'EST5EDT', 'Etc/GMT+5', 'US/Eastern', 'Asia/Calcutta', 'Europe/Kiev', 'Zulu'])(
    'knows the zone %s',
    (name) => {
      expect(isValidTimezone(name)).toBe(true);
    },
  );
});

describe('the dates of a schedule', () => {
  const start = '2026-06-01T00:00:00Z';

  test('are one without a count, and those up to the end without one', () => {
    const hourly = parseSchedule({ interval: 3600, anchor_date: start });
    expect(datesOf(hourly, { start })).toHaveLength(1);
    expect(datesOf(hourly, { start, end: '2026-06-01T05:00:00Z' })).toHaveLength(6);
  });

  test.each([
    [{ interval: 1, anchor_date: start }],
    [{ cron: '* * * * * *' }],
    [{ rrule: 'FREQ=SECONDLY' }],
  ])('of %j stop at about a thousand', (wire) => {
    const found = datesOf(parseSchedule(wire), { start, n: 5000 });
    expect(found.length).toBeGreaterThanOrEqual(1000);
    expect(found.length).toBeLessThanOrEqual(1002);
  });

  test.each([
    ['FREQ=SECONDLY;COUNT=1000000000', 3],
    ['FREQ=MINUTELY;COUNT=100', 0],
    ['FREQ=DAILY;COUNT=2345;BYHOUR=9', 2],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20270101T000000', 0],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 0],
  ])('of the recurrence %s do not take a walk through all years: %i', (rrule, count) => {
    const before = performance.now();
    expect(datesOf(parseSchedule({ rrule }), { start, n: 3 })).toHaveLength(count);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  test('of an interval before its anchor lead up to the anchor', () => {
    const weekly = parseSchedule({
      interval: 604_800,
      anchor_date: '2026-06-29T09:00:00+02:00',
      timezone: 'Europe/Berlin',
    });
    expect(datesOf(weekly, { start, n: 5 }).at(-1)).toBe('2026-06-29T09:00:00+02:00');
  });

  test('of an interval longer than time itself are none', () => {
    expect(
      datesOf(parseSchedule({ interval: 1e12, anchor_date: '2020-01-01' }), { start, n: 3 }),
    ).toEqual([]);
  });
});

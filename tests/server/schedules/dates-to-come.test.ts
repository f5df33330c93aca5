import { expect, test } from 'vitest';

import { datesToCome } from '#server/schedules/dates-to-come.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { formatInstant, micros } from '#server/time.ts';

const start = micros(Date.parse('2026-11-26T03:00:00Z') * 1000);
const cron = (expression: string, count: number): readonly string[] =>
  datesToCome(parseSchedule({ cron: expression, timezone: 'UTC' }), { start, count }).map(
    ({ instant }) => formatInstant(instant),
  );

test('a schedule whose date never comes has none', () => {
  expect(cron('0 0 30 2 *', 5)).toEqual([]);
});

test('a schedule whose years end has as many as are left', () => {
  expect(cron('0 0 1 1 * 0 2027-2028', 5)).toHaveLength(2);
});

test('no dates are asked for, none come', () => {
  expect(cron('0 0 * * *', 0)).toEqual([]);
});

test('a schedule that goes on has as many as are asked for', () => {
  expect(cron('0 0 * * *', 5)).toHaveLength(5);
});

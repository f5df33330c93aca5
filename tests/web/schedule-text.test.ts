import { expect, test } from 'vitest';

import { scheduleSource, scheduleText } from '../../web/src/lib/deployments/schedule-text.ts';

const cron = (line: string) =>
  ({ __typename: 'CronSchedule', cron: line, dayOr: true, cronTimezone: null }) as const;

test.for([
  ['0 6 * * *', 'At 06:00'],
  ['30 6 * * 1-5', 'At 06:30, Monday through Friday'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 6 * * * 30', 'At 06:00:30'],
  ['no cron at all', 'no cron at all'],
] as const)('the cron line %s reads %s', ([line, text]) => {
  expect(scheduleText(cron(line))).toBe(text);
  expect(scheduleSource(cron(line))).toBe(line);
});

import { expect, test } from 'vitest';

import {
  draftOf,
  scheduleInput,
  scheduleTerms,
} from '../../web/src/lib/deployments/schedule-form.ts';

const stored = (schedule: Parameters<typeof draftOf>[0] extends (infer One) | null ? One : never) =>
  schedule;

const about = {
  id: 'schedule',
  active: true,
  slug: null,
  parameters: {},
  maxScheduledRuns: null,
  nextRuns: [],
};

test('an interval is shown in its largest whole unit and keeps its anchor', () => {
  const schedule = stored({
    ...about,
    schedule: {
      __typename: 'IntervalSchedule',
      intervalSeconds: 7200,
      anchorDate: '2026-01-01T00:00:00Z',
      intervalTimezone: 'Europe/Berlin',
    },
  });
  const draft = draftOf(schedule, 'UTC');
  expect(draft).toMatchObject({ kind: 'interval', interval: 2, unitSeconds: 3600 });
  expect(scheduleInput({ ...draft, interval: 3 }, schedule)).toEqual({
    interval: {
      intervalSeconds: 10_800,
      timezone: 'Europe/Berlin',
      anchorDate: '2026-01-01T00:00:00Z',
    },
  });
});

test('a cron line that becomes a rule leaves nothing of the line behind', () => {
  const schedule = stored({
    ...about,
    schedule: { __typename: 'CronSchedule', cron: '0 6 * * *', dayOr: true, cronTimezone: null },
  });
  const draft = {
    ...draftOf(schedule, 'Europe/Berlin'),
    kind: 'rrule' as const,
    rrule: 'FREQ=DAILY',
  };
  expect(scheduleInput(draft, schedule)).toEqual({
    rrule: { rrule: 'FREQ=DAILY', timezone: 'UTC' },
  });
});

test('a cron line keeps whether a day of the month or of the week is enough', () => {
  const schedule = stored({
    ...about,
    schedule: { __typename: 'CronSchedule', cron: '0 6 1 * 1', dayOr: false, cronTimezone: null },
  });
  expect(scheduleInput(draftOf(schedule, 'UTC'), schedule)).toEqual({
    cron: { cron: '0 6 1 * 1', timezone: 'UTC', dayOr: false },
  });
});

test('a new schedule counts in the zone of the browser', () => {
  expect(draftOf(null, 'Europe/Berlin')).toMatchObject({ timezone: 'Europe/Berlin', slug: '' });
});

test('an empty slug is none, and parameters must be a JSON object', () => {
  const draft = draftOf(null, 'UTC');
  expect(scheduleTerms({ ...draft, slug: ' ' })).toEqual({
    slug: null,
    maxScheduledRuns: null,
    parameters: {},
  });
  expect(scheduleTerms({ ...draft, parameters: '[]' })).toBeNull();
});

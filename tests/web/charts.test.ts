import { expect, test } from 'vitest';

import { stackHistory } from '../../web/src/lib/charts/history.ts';
import { bucketSeconds, dashboardVariables } from '../../web/src/lib/dashboard/dashboard-search.ts';
import {
  sortTimeline,
  timelineTicks,
  toTimelineRow,
} from '../../web/src/lib/task-runs/timeline.ts';

const start = '2026-03-01T00:00:00Z';
const end = '2026-03-01T01:00:00Z';

test('every run of a bucket stands in exactly one layer', () => {
  const history = stackHistory([
    {
      start,
      end,
      states: [
        { type: 'SCHEDULED', name: 'Scheduled', count: 2 },
        { type: 'SCHEDULED', name: 'Late', count: 3 },
        { type: 'COMPLETED', name: 'Completed', count: 4 },
      ],
    },
    { start: end, end: '2026-03-01T02:00:00Z', states: [] },
  ]);

  expect(history).toMatchObject({ total: 9, bucketSeconds: 3600 });
  expect(history.layers).toEqual([
    { type: 'COMPLETED', counts: [4, 0] },
    { type: 'SCHEDULED', counts: [5, 0] },
  ]);
});

test('a history without runs has no layers', () => {
  expect(stackHistory([])).toEqual({ starts: [], bucketSeconds: 0, layers: [], total: 0 });
});

test.for([3600, 86_400, 7 * 86_400, 30 * 86_400])(
  'a span of %d seconds has at most forty-eight buckets',
  (spanSeconds) => {
    const count = spanSeconds / bucketSeconds(spanSeconds);
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThanOrEqual(48);
  },
);

test('the overview counts and draws the same stretch of time', () => {
  const variables = dashboardVariables('24h', Date.parse('2026-03-01T12:34:56Z'));
  const time = { after: '2026-02-28T12:30:00.000Z', before: '2026-03-01T12:35:00.000Z' };

  expect(variables.filter).toEqual({ expectedStartTime: time });
  expect([variables.start, variables.end]).toEqual([time.after, time.before]);
});

test('a timeline has few even marks, the first at its start', () => {
  expect(timelineTicks(9500)).toEqual([0, 2000, 4000, 6000, 8000]);
  expect(timelineTicks(0)).toEqual([0]);
  expect(timelineTicks(40 * 86_400_000).length).toBeLessThan(9);
});

test('rows stand in the order of their starts, waiting ones last', () => {
  const row = (name: string, startTime: string | null) =>
    toTimelineRow(
      { id: name, name, stateType: 'RUNNING', state: null, startTime, endTime: null },
      'task',
    );
  const rows = [row('waits', null), row('second', end), row('first', start)];

  expect(sortTimeline(rows).map(({ name }) => name)).toEqual(['first', 'second', 'waits']);
});

import type { DashboardQueryVariables } from '@prefect-server/client-gen/web';

import { stuckRuns } from '#lib/dashboard/attention.ts';
import { lateRuns, rangeSpan } from '#lib/flow-runs/run-search.ts';

export const dashboardRanges = [
  { value: '1h', label: 'Hour', seconds: 3600 },
  { value: '24h', label: 'Day', seconds: 86_400 },
  { value: '7d', label: 'Week', seconds: 7 * 86_400 },
  { value: '30d', label: 'Month', seconds: 30 * 86_400 },
] as const;

export const defaultDashboardRange = '24h';

const wantedBars = 48;
const roundSeconds = [
  60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
] as const;

/** A round length of buckets that gives about forty-eight of them. */
export const bucketSeconds = (spanSeconds: number): number =>
  roundSeconds.find((seconds) => spanSeconds / seconds <= wantedBars) ?? 604_800;

/** The variables of the dashboard's one query, for a range that ends at `atMillis`. */
export const dashboardVariables = (range: string, atMillis: number): DashboardQueryVariables => {
  const span = rangeSpan(range, atMillis);
  const end = span.before ?? new Date(atMillis).toISOString();
  const untilMillis = Date.parse(end);
  const fromMillis = span.after === null ? untilMillis - 86_400_000 : Date.parse(span.after);
  // A named range was rounded up to full minutes, which must not make its buckets coarser.
  const intervalSeconds = bucketSeconds((untilMillis - fromMillis) / 1000 - 60);
  const stepMillis = intervalSeconds * 1000;
  // Buckets start at round times, so that a bar keeps its runs from one refresh to the next.
  const start = new Date(Math.floor(fromMillis / stepMillis) * stepMillis).toISOString();
  const time = { after: start, before: end };
  return {
    filter: { expectedStartTime: time },
    taskFilter: { expectedStartTime: time },
    start,
    end,
    intervalSeconds,
    running: { state: { type: { in: ['RUNNING', 'PENDING', 'CANCELLING'] } } },
    late: lateRuns,
    stuck: stuckRuns,
    upcoming: { state: { name: { in: ['Scheduled', 'AwaitingRetry'] } } },
    failing: {
      flowRuns: { state: { type: { in: ['FAILED', 'CRASHED'] } }, expectedStartTime: time },
    },
  };
};

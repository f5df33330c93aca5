import type { HistoryBucket } from '#server/queries/run-history.ts';
import { formatInstant } from '#server/time.ts';

import { datetime } from './pydantic/datetime.ts';
import { secondsNumber } from './pydantic/number.ts';

/** The parameters that say which span a history covers, in which steps. */
export const historyShape = {
  history_start: datetime,
  history_end: datetime,
  history_interval_seconds: secondsNumber,
};

export const historyToWire = (buckets: readonly HistoryBucket[]) =>
  buckets.map(({ start, end, states }) => ({
    interval_start: formatInstant(start),
    interval_end: formatInstant(end),
    states: states.map((state) => ({
      state_type: state.type,
      state_name: state.name,
      count_runs: state.count,
      sum_estimated_run_time: state.sumEstimatedRunTimeSeconds,
      sum_estimated_lateness: state.sumEstimatedLatenessSeconds,
    })),
  }));

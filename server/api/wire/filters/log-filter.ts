import type { IdFilter, LogFilter } from '#server/queries/filter-types.ts';
import { partsOfTextSearch } from '#server/queries/text-search.ts';

import type { Schema } from '../pydantic/refusal.ts';
import { boolean, text, uuid } from '../pydantic/scalar.ts';
import { list, model } from '../pydantic/shapes.ts';
import {
  combine,
  given,
  idAny,
  instantRange,
  numberRange,
  operator,
  optional,
} from './criteria.ts';

const MAX_SEARCH_LENGTH = 200;

const taskRunId = model({ any_: optional(list(uuid)), is_null_: optional(boolean) }).transform(
  ({ any_, is_null_ }): IdFilter => ({
    ...given(any_, (ids) => ({ in: ids })),
    ...given(is_null_, (isNull) => ({ isNull })),
  }),
);

const anyLogFilter = model({
  operator,
  level: optional(numberRange),
  timestamp: optional(instantRange),
  flow_run_id: optional(idAny),
  task_run_id: optional(taskRunId),
  text: optional(model({ query: text({ maxLength: MAX_SEARCH_LENGTH }) })),
});

/** Prefect's filter of log lines. */
export const logFilter: Schema<LogFilter> = anyLogFilter.transform((filter) =>
  combine<LogFilter>(filter.operator, [
    given(filter.level, (level) => ({ level })),
    given(filter.timestamp, (timestamp) => ({ timestamp })),
    given(filter.flow_run_id, (flowRunId) => ({ flowRunId })),
    given(filter.task_run_id, (id) => ({ taskRunId: id })),
    // Each kind of terms is a criterion of its own, which matters to `or_`.
    ...partsOfTextSearch(filter.text?.query ?? '').map((part) => ({ text: part })),
  ]),
);

/** What of the same filter counts for a stream of log lines: all of it must hold. */
export type LogCriteria = Pick<LogFilter, 'level' | 'timestamp' | 'flowRunId' | 'taskRunId'>;

/** Prefect's filter of log lines as the stream has it: neither `operator` nor `text` means anything there. */
export const logStreamFilter: Schema<LogCriteria> = anyLogFilter.transform(
  ({ level, timestamp, flow_run_id: flowRunId, task_run_id: id }): LogCriteria => ({
    ...given(level, (range) => ({ level: range })),
    ...given(timestamp, (range) => ({ timestamp: range })),
    ...given(flowRunId, (ids) => ({ flowRunId: ids })),
    ...given(id, (ids) => ({ taskRunId: ids })),
  }),
);

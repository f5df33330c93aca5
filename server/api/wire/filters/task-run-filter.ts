import type { z } from 'zod';

import type { TaskRunFilter } from '#server/queries/filter-types.ts';

import type { Schema } from '../pydantic/refusal.ts';
import { boolean, uuid } from '../pydantic/scalar.ts';
import { list, model } from '../pydantic/shapes.ts';
import {
  combine,
  given,
  idAny,
  instantRange,
  instantRangeOrNull,
  operator,
  optional,
  stateAny,
  tagsAll,
  textAnyOrLike,
} from './criteria.ts';

// Left out, `is_null_` asks for task runs that have a flow run, unless ids are asked for; true, it passes over ids.
const flowRunId = model({
  operator,
  any_: optional(list(uuid)),
  is_null_: boolean.nullable().default(false),
}).transform(({ any_: ids, is_null_: isNull }): TaskRunFilter => {
  if (isNull === true) return { flowRunId: { isNull } };
  if (ids !== null && ids !== undefined) return { flowRunId: { in: ids } };
  return isNull === null ? {} : { flowRunId: { isNull } };
});

const subflowRuns = model({ exists_: optional(boolean) }).transform(({ exists_ }) =>
  combine<TaskRunFilter>('and_', [given(exists_, (exists) => ({ hasSubflowRuns: exists }))]),
);

const tags = tagsAll.transform(({ by, tags: criteria }) =>
  combine<TaskRunFilter>(
    by,
    criteria.map((criterion) => given(criterion, (value) => ({ tags: value }))),
  ),
);

const state = stateAny.transform(({ by, states }) =>
  combine<TaskRunFilter>(
    by,
    states.map((criterion) => given(criterion, (value) => ({ state: value }))),
  ),
);

const shape = model({
  operator,
  id: optional(idAny),
  name: optional(textAnyOrLike),
  tags: optional(tags),
  state: optional(state),
  start_time: optional(instantRangeOrNull),
  end_time: optional(instantRangeOrNull),
  expected_start_time: optional(instantRange),
  subflow_runs: optional(subflowRuns),
  flow_run_id: optional(flowRunId),
});

const combined = (filter: z.output<typeof shape>): TaskRunFilter =>
  combine<TaskRunFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.name, (name) => ({ name })),
    filter.tags,
    filter.state,
    given(filter.start_time, (startTime) => ({ startTime })),
    given(filter.end_time, (endTime) => ({ endTime })),
    given(filter.expected_start_time, (expectedStartTime) => ({ expectedStartTime })),
    filter.subflow_runs,
    filter.flow_run_id,
  ]);

/** Prefect's filter of task runs. */
export const taskRunFilter: Schema<TaskRunFilter> = shape.transform(combined);

/** The same for who counts ended runs alone: what it says of states does not count, as with Prefect's server. */
export const endedTaskRunFilter: Schema<TaskRunFilter> = shape.transform((filter) =>
  combined({ ...filter, state: null }),
);

import type { FlowRunFilter } from '#server/queries/filter-types.ts';

import type { Schema } from '../pydantic/refusal.ts';
import { boolean, uuid } from '../pydantic/scalar.ts';
import { list, model, texts } from '../pydantic/shapes.ts';
import {
  combine,
  given,
  idAnyOrNot,
  idOrNull,
  instantRange,
  instantRangeOrNull,
  operator,
  optional,
  stateAnyOrNot,
  tagsAllOrAny,
  textAny,
  textAnyOrLike,
  textAnyOrNot,
  textOrNull,
} from './criteria.ts';

const createdBy = model({
  operator,
  id_: optional(list(uuid)),
  type_: optional(texts),
  is_null_: optional(boolean),
}).transform((criterion) =>
  combine<FlowRunFilter>(criterion.operator, [
    given(criterion.id_, (ids) => ({ createdBy: { id: { in: ids } } })),
    given(criterion.type_, (types) => ({ createdBy: { type: { in: types } } })),
    given(criterion.is_null_, (isNull) => ({ createdBy: { isNull } })),
  ]),
);

const deploymentId = idOrNull.transform(({ by, ids }) =>
  combine<FlowRunFilter>(
    by,
    ids.map((id) => given(id, (value) => ({ deploymentId: value }))),
  ),
);

/** Its operator has nothing to join: there is one criterion. */
const parentRunId = model({ operator, any_: optional(list(uuid)) }).transform(
  // Without ids it holds for all, also for runs without a parent.
  ({ any_ }): FlowRunFilter => (any_ ? { parentFlowRunId: { in: any_ } } : {}),
);

const parentTaskRunId = idOrNull.transform(({ by, ids }) =>
  combine<FlowRunFilter>(
    by,
    ids.map((id) => given(id, (value) => ({ parentTaskRunId: value }))),
  ),
);

const workQueueName = textOrNull.transform(({ by, texts: names }) =>
  combine<FlowRunFilter>(
    by,
    names.map((name) => given(name, (value) => ({ workQueueName: value }))),
  ),
);

const tags = tagsAllOrAny.transform(({ by, tags: criteria }) =>
  combine<FlowRunFilter>(
    by,
    criteria.map((criterion) => given(criterion, (value) => ({ tags: value }))),
  ),
);

const state = stateAnyOrNot.transform(({ by, states }) =>
  combine<FlowRunFilter>(
    by,
    states.map((criterion) => given(criterion, (value) => ({ state: value }))),
  ),
);

/** Prefect's filter of flow runs. */
export const flowRunFilter: Schema<FlowRunFilter> = model({
  operator,
  id: optional(idAnyOrNot),
  name: optional(textAnyOrLike),
  tags: optional(tags),
  deployment_id: optional(deploymentId),
  work_queue_name: optional(workQueueName),
  state: optional(state),
  flow_version: optional(textAny),
  start_time: optional(instantRangeOrNull),
  end_time: optional(instantRangeOrNull),
  expected_start_time: optional(instantRange),
  next_scheduled_start_time: optional(instantRange),
  parent_flow_run_id: optional(parentRunId),
  parent_task_run_id: optional(parentTaskRunId),
  idempotency_key: optional(textAnyOrNot),
  created_by: optional(createdBy),
}).transform((filter) =>
  combine<FlowRunFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.name, (name) => ({ name })),
    filter.tags,
    filter.deployment_id,
    filter.work_queue_name,
    given(filter.flow_version, (flowVersion) => ({ flowVersion })),
    filter.state,
    given(filter.start_time, (startTime) => ({ startTime })),
    given(filter.end_time, (endTime) => ({ endTime })),
    given(filter.expected_start_time, (expectedStartTime) => ({ expectedStartTime })),
    given(filter.next_scheduled_start_time, (nextScheduledStartTime) => ({
      nextScheduledStartTime,
    })),
    filter.parent_flow_run_id,
    filter.parent_task_run_id,
    given(filter.idempotency_key, (idempotencyKey) => ({ idempotencyKey })),
    filter.created_by,
  ]),
);

import type { ArtifactFilter } from '#server/queries/filter-types.ts';

import type { Schema } from '../pydantic/refusal.ts';
import { model } from '../pydantic/shapes.ts';
import {
  combine,
  given,
  idAny,
  keyCriterion,
  operator,
  optional,
  textAnyOrNot,
} from './criteria.ts';

const shape = {
  key: optional(keyCriterion),
  flow_run_id: optional(idAny),
  task_run_id: optional(idAny),
  type: optional(textAnyOrNot),
};

/** Prefect's filter of artifacts. */
export const artifactFilter: Schema<ArtifactFilter> = model({
  operator,
  id: optional(idAny),
  ...shape,
}).transform((filter) =>
  combine<ArtifactFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.key, (key) => ({ key })),
    given(filter.flow_run_id, (flowRunId) => ({ flowRunId })),
    given(filter.task_run_id, (taskRunId) => ({ taskRunId })),
    given(filter.type, (type) => ({ type })),
  ]),
);

/** Prefect's filter of artifact collections, whose id is that of their latest artifact. */
export const artifactCollectionFilter: Schema<ArtifactFilter> = model({
  operator,
  latest_id: optional(idAny),
  ...shape,
}).transform((filter) =>
  combine<ArtifactFilter>(filter.operator, [
    given(filter.latest_id, (id) => ({ id })),
    given(filter.key, (key) => ({ key })),
    given(filter.flow_run_id, (flowRunId) => ({ flowRunId })),
    given(filter.task_run_id, (taskRunId) => ({ taskRunId })),
    given(filter.type, (type) => ({ type })),
  ]),
);

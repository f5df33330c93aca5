import type { DeploymentFilter } from '#server/queries/filter-types.ts';

import { integer } from '../pydantic/number.ts';
import type { Schema } from '../pydantic/refusal.ts';
import { boolean } from '../pydantic/scalar.ts';
import { model } from '../pydantic/shapes.ts';
import {
  combine,
  given,
  idAnyOrNot,
  operator,
  optional,
  tagsAllOrAny,
  textAny,
  textAnyOrLike,
  textLike,
} from './criteria.ts';

const paused = model({ eq_: optional(boolean) }).transform(({ eq_ }) =>
  combine<DeploymentFilter>('and_', [given(eq_, (isPaused) => ({ isPaused }))]),
);

const tags = tagsAllOrAny.transform(({ by, tags: criteria }) =>
  combine<DeploymentFilter>(
    by,
    criteria.map((criterion) => given(criterion, (value) => ({ tags: value }))),
  ),
);

// Accepted from old clients, but of no effect any more.
const concurrencyLimit = model({
  ge_: optional(integer()),
  le_: optional(integer()),
  is_null_: optional(boolean),
});

/** Prefect's filter of deployments. */
export const deploymentFilter: Schema<DeploymentFilter> = model({
  operator,
  id: optional(idAnyOrNot),
  name: optional(textAnyOrLike),
  flow_or_deployment_name: optional(textLike),
  paused: optional(paused),
  tags: optional(tags),
  work_queue_name: optional(textAny),
  concurrency_limit: optional(concurrencyLimit),
}).transform((filter) =>
  combine<DeploymentFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.name, (name) => ({ name })),
    given(filter.flow_or_deployment_name, (flowOrDeploymentName) => ({ flowOrDeploymentName })),
    filter.paused,
    filter.tags,
    given(filter.work_queue_name, (workQueueName) => ({ workQueueName })),
  ]),
);

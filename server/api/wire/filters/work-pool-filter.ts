import type { WorkPoolFilter, WorkQueueFilter } from '#server/queries/filter-types.ts';

import type { Schema } from '../pydantic/refusal.ts';
import { model } from '../pydantic/shapes.ts';
import { combine, given, idAny, operator, optional, textAny, textAnyOrPrefix } from './criteria.ts';

/** Prefect's filter of work pools. */
export const workPoolFilter: Schema<WorkPoolFilter> = model({
  operator,
  id: optional(idAny),
  name: optional(textAny),
  type: optional(textAny),
}).transform((filter) =>
  combine<WorkPoolFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.name, (name) => ({ name })),
    given(filter.type, (type) => ({ type })),
  ]),
);

/** Prefect's filter of work queues. */
export const workQueueFilter: Schema<WorkQueueFilter> = model({
  operator,
  id: optional(idAny),
  name: optional(textAnyOrPrefix),
}).transform((filter) =>
  combine<WorkQueueFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.name, (name) => ({ name })),
  ]),
);

import type { FlowFilter } from '#server/queries/filter-types.ts';

import type { Schema } from '../pydantic/refusal.ts';
import { boolean } from '../pydantic/scalar.ts';
import { model } from '../pydantic/shapes.ts';
import {
  combine,
  given,
  idAnyOrNot,
  operator,
  optional,
  tagsAll,
  textAnyOrLike,
} from './criteria.ts';

/** Prefect's filter of flows. */
export const flowFilter: Schema<FlowFilter> = model({
  operator,
  id: optional(idAnyOrNot),
  deployment: optional(model({ operator, is_null_: optional(boolean) })),
  name: optional(textAnyOrLike),
  tags: optional(tagsAll),
}).transform((filter) =>
  combine<FlowFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.deployment, ({ is_null_ }) =>
      combine<FlowFilter>('and_', [given(is_null_, (isNull) => ({ hasDeployments: !isNull }))]),
    ),
    given(filter.name, (name) => ({ name })),
    given(filter.tags, ({ by, tags }) =>
      combine<FlowFilter>(
        by,
        tags.map((criterion) => given(criterion, (value) => ({ tags: value }))),
      ),
    ),
  ]),
);

import type { VariableFilter } from '#server/queries/filter-types.ts';

import type { Schema } from '../pydantic/refusal.ts';
import { model } from '../pydantic/shapes.ts';
import { combine, given, idAny, operator, optional, tagsAll, textAnyOrLike } from './criteria.ts';

const tags = tagsAll.transform(({ by, tags: criteria }) =>
  combine<VariableFilter>(
    by,
    criteria.map((criterion) => given(criterion, (value) => ({ tags: value }))),
  ),
);

/** Prefect's filter of variables. */
export const variableFilter: Schema<VariableFilter> = model({
  operator,
  id: optional(idAny),
  name: optional(textAnyOrLike),
  tags: optional(tags),
}).transform((filter) =>
  combine<VariableFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.name, (name) => ({ name })),
    filter.tags,
  ]),
);

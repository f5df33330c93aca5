import type { AutomationFilter } from '#server/queries/filter-types.ts';

import { datetime } from '../pydantic/datetime.ts';
import type { Schema } from '../pydantic/refusal.ts';
import { model } from '../pydantic/shapes.ts';
import { combine, given, idAny, operator, optional, tagsAllOrAny, textAny } from './criteria.ts';

/** Prefect's filter of automations. */
export const automationFilter: Schema<AutomationFilter> = model({
  operator,
  id: optional(idAny),
  name: optional(textAny),
  created: optional(model({ before_: optional(datetime) })),
  tags: optional(tagsAllOrAny),
}).transform((filter) =>
  combine<AutomationFilter>(filter.operator, [
    given(filter.id, (id) => ({ id })),
    given(filter.name, (name) => ({ name })),
    given(filter.created, ({ before_ }) => ({
      createdAt: given(before_, (before) => ({ before })) ?? {},
    })),
    given(filter.tags, ({ by, tags }) =>
      combine<AutomationFilter>(
        by,
        tags.map((criterion) => given(criterion, (value) => ({ tags: value }))),
      ),
    ),
  ]),
);

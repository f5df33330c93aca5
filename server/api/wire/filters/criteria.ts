import type { z } from 'zod';

import { STATE_TYPES } from '#server/orchestration/states.ts';
import type {
  IdFilter,
  InstantFilter,
  NumberFilter,
  StateFilter,
  TagsFilter,
  TextFilter,
} from '#server/queries/filter-types.ts';

import { datetime } from '../pydantic/datetime.ts';
import { integer } from '../pydantic/number.ts';
import type { Schema } from '../pydantic/refusal.ts';
import { boolean, choice, text, uuid } from '../pydantic/scalar.ts';
import { list, model, texts } from '../pydantic/shapes.ts';

/** A criterion that may be left out or null, which is the same. */
export const optional = <T>(schema: Schema<T>): z.ZodOptional<z.ZodNullable<Schema<T>>> =>
  nullable(schema).optional();

const nullable = <T>(schema: Schema<T>) => schema.nullable();

export const operator = choice(['and_', 'or_']).default('and_');

export type Operator = 'and_' | 'or_';

interface Combinable<Filter> {
  readonly and?: readonly Filter[];
  readonly or?: readonly Filter[];
}

type Given<Filter> = Filter | null | undefined;

/** Joins criteria by their operator, those that were left out aside; without any of them everything is admitted. */
export const combine = <Filter extends Combinable<Filter>>(
  by: Operator,
  criteria: readonly Given<Filter>[],
): Filter => {
  const given = criteria.filter((criterion) => criterion !== null && criterion !== undefined);
  const [only] = given;
  if (only !== undefined && given.length === 1) return only;
  // A filter has no obligatory part, so one of its combinations is a filter, and so is an empty one.
  if (only === undefined) return {} as Filter;
  return (by === 'or_' ? { or: given } : { and: given }) as unknown as Filter;
};

/** Applies a function to a value that is there. */
export const given = <From, To>(
  value: From | null | undefined,
  convert: (value: From) => To,
): To | undefined => (value === null || value === undefined ? undefined : convert(value));

type Optional<T> = T | null | undefined;

/** An object of those entries that have a value. */
const present = <T extends object>(entries: { readonly [Key in keyof T]: Optional<T[Key]> }): T =>
  // What is left out may be left out: each of these filters has optional parts only.
  Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== null && value !== undefined),
  ) as T;

const likeOf = (like: Optional<string>): string | undefined =>
  like === '' || like === null ? undefined : like;

export const idAny = model({ any_: optional(list(uuid)) }).transform(({ any_ }): IdFilter =>
  present<IdFilter>({ in: any_ }),
);

export const idAnyOrNot = model({
  any_: optional(list(uuid)),
  not_any_: optional(list(uuid)),
}).transform(({ any_, not_any_ }): IdFilter => present<IdFilter>({ in: any_, notIn: not_any_ }));

export const textAny = model({ any_: optional(texts) }).transform(({ any_ }): TextFilter =>
  present<TextFilter>({ in: any_ }),
);

export const textAnyOrNot = model({
  any_: optional(texts),
  not_any_: optional(texts),
}).transform(({ any_, not_any_ }): TextFilter =>
  present<TextFilter>({ in: any_, notIn: not_any_ }),
);

export const textAnyOrLike = model({
  any_: optional(texts),
  like_: optional(text()),
}).transform(({ any_, like_ }): TextFilter =>
  present<TextFilter>({ in: any_, like: likeOf(like_) }),
);

export const textLike = model({ like_: optional(text()) }).transform(({ like_ }): TextFilter =>
  present<TextFilter>({ like: likeOf(like_) }),
);

export const textAnyOrPrefix = model({
  any_: optional(texts),
  startswith_: optional(texts),
}).transform(({ any_, startswith_ }): TextFilter =>
  present<TextFilter>({ in: any_, startsWith: startswith_ }),
);

/** A key that may be absent: `exists_` asks whether it is there. */
export const keyCriterion = model({
  any_: optional(texts),
  like_: optional(text()),
  exists_: optional(boolean),
}).transform(({ any_, like_, exists_ }): TextFilter =>
  present<TextFilter>({
    in: any_,
    like: likeOf(like_),
    isNull: given(exists_, (exists) => !exists),
  }),
);

/** Ids or their absence, each a criterion of its own so that the operator can join them. */
export const idOrNull = model({
  operator,
  any_: optional(list(uuid)),
  is_null_: optional(boolean),
}).transform((criterion) => ({
  by: criterion.operator,
  ids: [
    given(criterion.any_, (ids): IdFilter => ({ in: ids })),
    given(criterion.is_null_, (isNull): IdFilter => ({ isNull })),
  ],
}));

export const textOrNull = model({
  operator,
  any_: optional(texts),
  is_null_: optional(boolean),
}).transform((criterion) => ({
  by: criterion.operator,
  texts: [
    given(criterion.any_, (values): TextFilter => ({ in: values })),
    given(criterion.is_null_, (isNull): TextFilter => ({ isNull })),
  ],
}));

const tagsCriteria = (criterion: {
  readonly operator: Operator;
  readonly all_?: Optional<readonly string[]>;
  readonly any_?: Optional<readonly string[]>;
  readonly is_null_?: Optional<boolean>;
}) => ({
  by: criterion.operator,
  tags: [
    // No tags at all are no criterion, which matters to `or_`.
    given(criterion.all_?.length === 0 ? null : criterion.all_, (all): TagsFilter => ({ all })),
    given(criterion.any_, (any): TagsFilter => ({ any })),
    given(criterion.is_null_, (isEmpty): TagsFilter => ({ isEmpty })),
  ],
});

const tagsShape = { operator, all_: optional(texts), is_null_: optional(boolean) };

export const tagsAll = model(tagsShape).transform(tagsCriteria);

export const tagsAllOrAny = model({
  operator,
  all_: optional(texts),
  any_: optional(texts),
  is_null_: optional(boolean),
}).transform(tagsCriteria);

export const instantRange = model({
  before_: optional(datetime),
  after_: optional(datetime),
}).transform(({ before_, after_ }): InstantFilter =>
  present<InstantFilter>({ before: before_, after: after_ }),
);

export const instantRangeOrNull = model({
  before_: optional(datetime),
  after_: optional(datetime),
  is_null_: optional(boolean),
}).transform(({ before_, after_, is_null_ }): InstantFilter =>
  present<InstantFilter>({ before: before_, after: after_, isNull: is_null_ }),
);

export const numberRange = model({
  ge_: optional(integer()),
  le_: optional(integer()),
}).transform(({ ge_, le_ }): NumberFilter => present<NumberFilter>({ atLeast: ge_, atMost: le_ }));

const stateType = choice(STATE_TYPES);

const stateTypeAny = model({ any_: optional(list(stateType)) }).transform(
  ({ any_ }): NonNullable<StateFilter['type']> =>
    present<NonNullable<StateFilter['type']>>({ in: any_ }),
);

const stateTypeAnyOrNot = model({
  any_: optional(list(stateType)),
  not_any_: optional(list(stateType)),
}).transform(({ any_, not_any_ }): NonNullable<StateFilter['type']> =>
  present<NonNullable<StateFilter['type']>>({ in: any_, notIn: not_any_ }),
);

const stateCriteria = (criterion: {
  readonly operator: Operator;
  readonly type?: Optional<NonNullable<StateFilter['type']>>;
  readonly name?: Optional<TextFilter>;
}) => ({
  by: criterion.operator,
  states: [
    given(criterion.type, (type): StateFilter => ({ type })),
    given(criterion.name, (name): StateFilter => ({ name })),
  ],
});

export const stateAny = model({
  operator,
  type: optional(stateTypeAny),
  name: optional(textAny),
}).transform(stateCriteria);

export const stateAnyOrNot = model({
  operator,
  type: optional(stateTypeAnyOrNot),
  name: optional(textAnyOrNot),
}).transform(stateCriteria);

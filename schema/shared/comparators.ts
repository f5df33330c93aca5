import { builder } from '../builder.ts';
import { StateType, WorkPoolStatus, WorkerStatus } from './enums.ts';

const IN = 'One of these. An empty list admits nothing.';
const NOT_IN = 'None of these.';
const IS_NULL = 'Whether it has no value.';

export const IDFilter = builder.inputType('IDFilter', {
  description: 'Conditions on an id. All that are given must hold.',
  fields: (t) => ({
    in: t.idList({ description: IN }),
    notIn: t.idList({ description: NOT_IN }),
    isNull: t.boolean({ description: IS_NULL }),
  }),
});

export const StringFilter = builder.inputType('StringFilter', {
  description: 'Conditions on a text. All that are given must hold.',
  fields: (t) => ({
    in: t.stringList({ description: IN }),
    notIn: t.stringList({ description: NOT_IN }),
    contains: t.string({ description: 'Has this text in it, whatever the case of its letters.' }),
    startsWith: t.stringList({ description: 'Starts with one of these.' }),
    notStartsWith: t.stringList({ description: 'Starts with none of these.' }),
    isNull: t.boolean({ description: IS_NULL }),
  }),
});

export const IntFilter = builder.inputType('IntFilter', {
  description: 'Conditions on a whole number. All that are given must hold.',
  fields: (t) => ({
    gte: t.int({ description: 'At least this.' }),
    lte: t.int({ description: 'At most this.' }),
    isNull: t.boolean({ description: IS_NULL }),
  }),
});

export const BooleanFilter = builder.inputType('BooleanFilter', {
  description: 'A condition on a yes or no.',
  fields: (t) => ({ eq: t.boolean({ required: true, description: 'It is this.' }) }),
});

export const DateTimeFilter = builder.inputType('DateTimeFilter', {
  description: 'Conditions on an instant. Both ends belong to the range.',
  fields: (t) => ({
    after: t.field({ type: 'DateTime', description: 'Not before this.' }),
    before: t.field({ type: 'DateTime', description: 'Not after this.' }),
    isNull: t.boolean({ description: IS_NULL }),
  }),
});

export const TagsFilter = builder.inputType('TagsFilter', {
  description: 'Conditions on tags. All that are given must hold.',
  fields: (t) => ({
    all: t.stringList({ description: 'Has every one of these.' }),
    any: t.stringList({ description: 'Has one of these. An empty list admits nothing.' }),
    isEmpty: t.boolean({ description: 'Whether it has no tag at all.' }),
  }),
});

const StateTypeFilter = builder.inputType('StateTypeFilter', {
  description: 'Conditions on the kind of a state.',
  fields: (t) => ({
    in: t.field({ type: [StateType], description: IN }),
    notIn: t.field({ type: [StateType], description: NOT_IN }),
  }),
});

export const WorkerStatusFilter = builder.inputType('WorkerStatusFilter', {
  description: 'Conditions on whether a worker is there.',
  fields: (t) => ({
    in: t.field({ type: [WorkerStatus], description: IN }),
    notIn: t.field({ type: [WorkerStatus], description: NOT_IN }),
  }),
});

export const WorkPoolStatusFilter = builder.inputType('WorkPoolStatusFilter', {
  description: 'Conditions on whether somebody takes the runs of a work pool.',
  fields: (t) => ({
    in: t.field({ type: [WorkPoolStatus], description: IN }),
    notIn: t.field({ type: [WorkPoolStatus], description: NOT_IN }),
  }),
});

export const StateFilter = builder.inputType('StateFilter', {
  description: 'Conditions on the present state of a run.',
  fields: (t) => ({
    type: t.field({ type: StateTypeFilter, description: 'Its kind.' }),
    name: t.field({ type: StringFilter, description: 'Its name, such as Late or Retrying.' }),
  }),
});

export const ActorFilter = builder.inputType('ActorFilter', {
  description: 'Conditions on who made something.',
  fields: (t) => ({
    id: t.field({ type: IDFilter, description: 'The id of the maker.' }),
    type: t.field({ type: StringFilter, description: 'The kind of maker, such as DEPLOYMENT.' }),
    isNull: t.boolean({ description: 'Whether nobody is named.' }),
  }),
});

export const TextFilter = builder.inputType('TextFilter', {
  description:
    'A search text: words of which one must occur, `+` before required and `-` before unwanted ones, "quotes" around phrases.',
  fields: (t) => ({
    query: t.string({ required: true, description: 'The search text, at most 200 characters.' }),
  }),
});

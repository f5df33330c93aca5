import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import type { DialectExpressions } from '#server/db/expressions.ts';

import type {
  ActorFilter,
  IdFilter,
  InstantFilter,
  NumberFilter,
  StateFilter,
  TagsFilter,
  TextFilter,
} from './filter-types.ts';
import { parseTextSearch } from './text-search.ts';

/** A condition on rows of the table it was made for. */
export type Condition = Expression<SqlBool>;

const eb = expressionBuilder<Tables>();

/** All conditions hold; without any, every row does. */
export const every = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql<SqlBool>`TRUE` : eb.and([...conditions]);

/** One of the conditions holds. */
export const some = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql<SqlBool>`FALSE` : eb.or([...conditions]);

/** The condition does not hold, be it that a column it looks at is empty. */
export const isNotTrue = (condition: Condition): Condition =>
  sql<SqlBool>`(${condition}) IS NOT TRUE`;

interface Combined<Filter> {
  readonly and?: readonly Filter[];
  readonly or?: readonly Filter[];
  readonly not?: Filter;
}

/** A filter's own conditions together with those of its `and`, `or` and `not`. */
export const combined = <Filter extends Combined<Filter>>(
  filter: Filter,
  own: readonly Condition[],
  compile: (part: Filter) => Condition,
): Condition =>
  every([
    ...own,
    ...(filter.and ?? []).map(compile),
    ...(filter.or === undefined || filter.or.length === 0 ? [] : [some(filter.or.map(compile))]),
    ...(filter.not === undefined ? [] : [isNotTrue(compile(filter.not))]),
  ]);

const nullness = (column: Expression<unknown>, isNull: boolean | undefined): Condition[] => {
  if (isNull === undefined) return [];
  return [isNull ? sql<SqlBool>`${column} IS NULL` : sql<SqlBool>`${column} IS NOT NULL`];
};

type Text = Expression<string | null>;

interface ListFilter {
  readonly in?: readonly string[];
  readonly notIn?: readonly string[];
}

const membership = (column: Text, filter: ListFilter): Condition[] => {
  const conditions: Condition[] = [];
  if (filter.in !== undefined) {
    const [first] = filter.in;
    if (first === undefined) conditions.push(sql<SqlBool>`FALSE`);
    else if (filter.in.length === 1) conditions.push(eb(column, '=', first));
    else conditions.push(eb(column, 'in', [...filter.in]));
  }
  if (filter.notIn !== undefined && filter.notIn.length > 0)
    conditions.push(eb(column, 'not in', [...filter.notIn]));
  return conditions;
};

/** Conditions on an id. */
export const onId = (column: Text, filter: IdFilter | undefined): Condition[] =>
  filter === undefined ? [] : [...membership(column, filter), ...nullness(column, filter.isNull)];

/** Conditions on a text. */
export const onText = (
  words: DialectExpressions,
  column: Text,
  filter: TextFilter | undefined,
): Condition[] => {
  if (filter === undefined) return [];
  const conditions = [...membership(column, filter), ...nullness(column, filter.isNull)];
  if (filter.like !== undefined && filter.like !== '')
    conditions.push(words.matches(column, `%${filter.like}%`));
  if (filter.contains !== undefined && filter.contains !== '')
    conditions.push(words.containsText(column, filter.contains));
  if (filter.notStartsWith !== undefined && filter.notStartsWith.length > 0) {
    const starts = filter.notStartsWith.map((start) => words.startsWithText(column, start));
    conditions.push(isNotTrue(some(starts)));
  }
  if (filter.startsWith !== undefined && filter.startsWith.length > 0)
    conditions.push(some(filter.startsWith.map((start) => words.matches(column, `${start}%`))));
  return conditions;
};

/** Conditions on a list of tags. */
export const onTags = (
  words: DialectExpressions,
  column: Expression<unknown>,
  filter: TagsFilter | undefined,
): Condition[] => {
  if (filter === undefined) return [];
  const conditions: Condition[] = [];
  if (filter.all !== undefined && filter.all.length > 0)
    conditions.push(words.listHasAll(column, filter.all));
  if (filter.any !== undefined)
    conditions.push(
      filter.any.length === 0 ? sql<SqlBool>`FALSE` : words.listHasAny(column, filter.any),
    );
  if (filter.isEmpty !== undefined) {
    const isEmpty = words.listIsEmpty(column);
    conditions.push(filter.isEmpty ? isEmpty : isNotTrue(isEmpty));
  }
  return conditions;
};

const range = (
  column: Expression<unknown>,
  least: number | undefined,
  most: number | undefined,
): Condition[] => [
  ...(least === undefined ? [] : [sql<SqlBool>`${column} >= ${least}`]),
  ...(most === undefined ? [] : [sql<SqlBool>`${column} <= ${most}`]),
];

/** Conditions on an instant; `isNull` may be about another column than the range. */
export const onInstant = (
  column: Expression<unknown>,
  filter: InstantFilter | undefined,
  nullColumn: Expression<unknown> = column,
): Condition[] =>
  filter === undefined
    ? []
    : [...range(column, filter.after, filter.before), ...nullness(nullColumn, filter.isNull)];

/** Conditions on a number. */
export const onNumber = (
  column: Expression<unknown>,
  filter: NumberFilter | undefined,
): Condition[] =>
  filter === undefined
    ? []
    : [...range(column, filter.atLeast, filter.atMost), ...nullness(column, filter.isNull)];

/** Conditions on the kind and name of a run's state. */
export const onState = (
  words: DialectExpressions,
  columns: { readonly type: Text; readonly name: Text },
  filter: StateFilter | undefined,
): Condition[] =>
  filter === undefined
    ? []
    : [
        ...(filter.type === undefined ? [] : membership(columns.type, filter.type)),
        ...onText(words, columns.name, filter.name),
      ];

/** Conditions on who made something, kept as a JSON object of `id` and `type`. */
export const onActor = (
  words: DialectExpressions,
  column: Expression<unknown>,
  filter: ActorFilter | undefined,
): Condition[] =>
  filter === undefined
    ? []
    : [
        ...onId(sql<string | null>`(${column} ->> 'id')`, filter.id),
        ...onText(words, sql<string | null>`(${column} ->> 'type')`, filter.type),
        ...nullness(column, filter.isNull),
      ];

/** Conditions of a search text on all that a row says. */
export const onSearch = (
  words: DialectExpressions,
  searched: Expression<unknown>,
  query: string | undefined,
): Condition[] => {
  if (query === undefined) return [];
  const { include, exclude, required } = parseTextSearch(query);
  const contains = (term: string): Condition => words.containsText(searched, term);
  return [
    ...(include.length === 0 ? [] : [some(include.map(contains))]),
    ...exclude.map((term) => isNotTrue(contains(term))),
    ...required.map(contains),
  ];
};

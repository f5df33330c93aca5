import { type Expression, type SqlBool, sql } from 'kysely';

import type { Context } from '#server/context.ts';
import type { DialectExpressions } from '#server/db/expressions.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import { type Condition, every, some } from './criteria.ts';
import { readManyRows, readRows } from './select.ts';

/** The tables that lists are made of. */
export type ListTable =
  | 'flow'
  | 'flowRun'
  | 'taskRun'
  | 'flowRunState'
  | 'flowRunInput'
  | 'taskRunState'
  | 'deployment'
  | 'workPool'
  | 'workQueue'
  | 'worker'
  | 'artifact'
  | 'artifactCollection'
  | 'log'
  | 'variable'
  | 'automation'
  | 'blockType'
  | 'blockSchema'
  | 'blockDocument'
  | 'savedSearch'
  | 'event'
  | 'concurrencyLimitV2'
  | 'concurrencyLease';

/** A value that a row is ordered by. */
export type KeyValue = string | number | null;

export interface KeyTerm {
  readonly by: Expression<unknown>;
  readonly direction: 'asc' | 'desc';
  /** A column that may be empty costs the look into its index, so those that never are say so. */
  readonly isNullable: boolean;
}

/** A stretch of an ordered list: `after` and `before` are the key values of the rows next to it. */
interface KeysetPage {
  readonly limit: number;
  readonly after: readonly KeyValue[] | null;
  readonly before: readonly KeyValue[] | null;
  /** Counts the limit from the end of the list. The rows keep their order. */
  readonly isBackward: boolean;
}

export interface KeyedRow {
  readonly id: string;
  readonly values: readonly KeyValue[];
}

/** Rows of one list among several alike that are read together, such as the task runs of each of many flow runs. */
export interface ListPart {
  readonly where: Condition;
}

export interface KeysetList {
  readonly table: ListTable;
  /** The terms of the order; the last is the id, so that no two rows are equal. */
  readonly order: readonly KeyTerm[];
  readonly page: KeysetPage;
}

const flipped = (term: KeyTerm): KeyTerm => ({
  ...term,
  direction: term.direction === 'asc' ? 'desc' : 'asc',
});

const beyond = (words: DialectExpressions, term: KeyTerm, value: KeyValue): Condition => {
  const areNullsLast = words.nullsAreLargest === (term.direction === 'asc');
  if (value === null)
    return areNullsLast ? sql<SqlBool>`FALSE` : sql<SqlBool>`${term.by} IS NOT NULL`;
  const isBeyond =
    term.direction === 'asc'
      ? sql<SqlBool>`${term.by} > ${value}`
      : sql<SqlBool>`${term.by} < ${value}`;
  return term.isNullable && areNullsLast
    ? some([isBeyond, sql<SqlBool>`${term.by} IS NULL`])
    : isBeyond;
};

const equal = (term: KeyTerm, value: KeyValue): Condition =>
  value === null ? sql<SqlBool>`${term.by} IS NULL` : sql<SqlBool>`${term.by} = ${value}`;

/** Rows that come after the one with the given key values. */
const past = (
  words: DialectExpressions,
  order: readonly KeyTerm[],
  values: readonly KeyValue[],
): Condition => {
  const [term, ...rest] = order;
  const [value = null, ...others] = values;
  if (term === undefined) return sql<SqlBool>`FALSE`;
  if (rest.length === 0) return beyond(words, term, value);
  const either = some([
    beyond(words, term, value),
    every([equal(term, value), past(words, rest, others)]),
  ]);
  if (term.isNullable || value === null) return either;
  // Says again what follows from the rest, because only this form lets the database enter the index there.
  const bound =
    term.direction === 'asc'
      ? sql<SqlBool>`${term.by} >= ${value}`
      : sql<SqlBool>`${term.by} <= ${value}`;
  return every([bound, either]);
};

const selectPart = (
  ctx: Context,
  list: KeysetList,
  { where, index }: ListPart & { index: number },
) => {
  const words = expressionsFor(ctx.db.dialect.name);
  const order = list.page.isBackward ? list.order.map(flipped) : list.order;
  // Any table will do for the type checker: what is selected and compared are the expressions of the list.
  let query = ctx.db.builder
    .selectFrom(list.table as 'flowRun')
    .select([
      sql<number>`${sql.lit(index)}`.as('part'),
      ...list.order.map((term, at) => sql<KeyValue>`${term.by}`.as(`k${at}`)),
    ])
    .where(where);
  if (list.page.after !== null) query = query.where(past(words, list.order, list.page.after));
  if (list.page.before !== null)
    query = query.where(past(words, list.order.map(flipped), list.page.before));
  for (const term of order) query = query.orderBy(sql`${term.by}`, term.direction);
  return ctx.db.builder.selectFrom(query.limit(list.page.limit).as('rows')).selectAll();
};

const toKeyedRow = (row: Record<string, unknown>, terms: number): KeyedRow => {
  // Columns that lists are ordered by are texts and numbers.
  const values = Array.from(
    { length: terms },
    (_unused, at) => (row[`k${at}`] ?? null) as KeyValue,
  );
  return { id: String(values.at(-1)), values };
};

/**
 * The keys of one stretch of each part's list, in a single statement with a limit for each part: a list of fifty runs
 * with their first tasks costs one statement, whatever the number of tasks.
 */
export const readKeys = async (
  ctx: Context,
  list: KeysetList,
  parts: readonly ListPart[],
): Promise<readonly (readonly KeyedRow[])[]> => {
  const [first, ...others] = parts.map((part, index) =>
    selectPart(ctx, list, { where: part.where, index }),
  );
  if (first === undefined) return [];
  let query = first;
  for (const other of others) query = query.unionAll(other);
  const found = await readRows(ctx, query);
  const byPart = Map.groupBy(found, (row) => row.part);
  return parts.map((_part, index) => {
    const keys = (byPart.get(index) ?? []).map((row) => toKeyedRow(row, list.order.length));
    return list.page.isBackward ? keys.toReversed() : keys;
  });
};

/** How many rows each part has, in one statement; with a cap, at most one more than that. */
export const countParts = async (
  ctx: Context,
  { table, cap }: { readonly table: ListTable; readonly cap: number | null },
  parts: readonly ListPart[],
): Promise<readonly number[]> => {
  const selected = parts.map((part, index) => {
    // Any table will do for the type checker: only the number of its rows counts.
    const query = ctx.db.builder
      .selectFrom(table as 'flowRun')
      .select(sql<number>`1`.as('one'))
      .where(part.where);
    const counted = cap === null ? query : query.limit(cap + 1);
    return ctx.db.builder
      .selectFrom(counted.as('counted'))
      .select((eb) => [
        sql<number>`${sql.lit(index)}`.as('part'),
        eb.fn.countAll<number>().as('count'),
      ]);
  });
  const [first, ...others] = selected;
  if (first === undefined) return [];
  let query = first;
  for (const other of others) query = query.unionAll(other);
  const counts = new Map((await readManyRows(ctx, query)).map((row) => [row.part, row.count]));
  return parts.map((_part, index) => counts.get(index) ?? 0);
};

import { type SqlBool, sql } from 'kysely';

import type { DialectExpressions } from '#server/db/expressions.ts';
import { tagLimitName } from '#server/orchestration/concurrency.ts';

import { type Condition, every, onId } from './criteria.ts';
import type { IdFilter } from './filter-types.ts';

export interface ConcurrencyLimitFilter {
  readonly id?: IdFilter;
  /** Whether it bounds the task runs with a tag. */
  readonly isOfTag?: boolean;
}

/** The concurrency limits that a filter admits. */
export const whereConcurrencyLimit = (
  _words: DialectExpressions,
  { id, isOfTag }: ConcurrencyLimitFilter,
): Condition => {
  const name = sql.ref<string>('concurrencyLimitV2.name');
  return every([
    ...onId(sql.ref<string>('concurrencyLimitV2.id'), id),
    ...(isOfTag === true ? [sql<SqlBool>`${name} LIKE ${tagLimitName('%')}`] : []),
  ]);
};

export interface ConcurrencyLeaseFilter {
  /** The id of a limit whose slots it holds. */
  readonly limitId?: string;
}

/** The leases that a filter admits. */
export const whereConcurrencyLease = (
  words: DialectExpressions,
  { limitId }: ConcurrencyLeaseFilter,
): Condition =>
  every(
    limitId === undefined
      ? []
      : [words.listHasAll(sql.ref('concurrencyLease.limitIds'), [limitId])],
  );

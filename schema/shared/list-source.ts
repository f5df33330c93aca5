import type { Expression } from 'kysely';

import type { Context } from '#server/context.ts';
import type { DialectExpressions } from '#server/db/expressions.ts';
import type { Condition } from '#server/queries/criteria.ts';
import type { ListTable } from '#server/queries/keyset.ts';

interface OrderColumn {
  readonly by: Expression<unknown>;
  readonly isNullable: boolean;
}

/** One wish of an `orderBy` argument. */
export interface OrderWish {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
}

/** What the planner of the Prisma plugin made of an operation's selection. */
export interface Selection {
  readonly select?: unknown;
  readonly include?: unknown;
}

/** Everything that lists of one entity need to know of it. */
export interface ListSource<Filter extends object, Row> {
  /** The name of its GraphQL type. */
  readonly typeName: string;
  readonly table: ListTable;
  readonly where: (words: DialectExpressions, filter: Filter) => Condition;
  /** The columns that it may be ordered by, all of them indexed. */
  readonly columns: Readonly<Record<string, OrderColumn>>;
  readonly defaultOrder: readonly OrderWish[];
  /** The column that ends every order. */
  readonly id: Expression<unknown>;
  /** Reads the rows with the ids, as the selection wants them, under their ids. */
  readonly hydrate: (
    ctx: Context,
    ids: readonly string[],
    selection: Selection,
  ) => Promise<ReadonlyMap<string, Row>>;
}

import { type Compilable, type SelectQueryBuilder, sql } from 'kysely';

import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { compiled } from '#server/db/statement.ts';

import type { Page } from './page.ts';
import type { OrderTerm } from './sort.ts';

/** Reads all rows of a query. */
export const readRows = <Row>(ctx: Context, query: Compilable<Row>): Promise<readonly Row[]> =>
  ctx.db.read(() => rows(query));

/** Reads all rows of a query that may look at very many, without holding up others. The rows must be plain, without JSON. */
export const readManyRows = <Row>(ctx: Context, query: Compilable<Row>): Promise<readonly Row[]> =>
  ctx.db.readAside(compiled(query));

/** Puts the rows in order. */
export const inOrder = <DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  order: readonly OrderTerm[],
): SelectQueryBuilder<DB, TB, Row> => {
  let result = query;
  for (const term of order) result = result.orderBy(sql`${term.by}`, term.direction);
  return result;
};

/** Puts the rows in order and cuts the page out. */
export const paged = <DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  order: readonly OrderTerm[],
  page: Page,
): SelectQueryBuilder<DB, TB, Row> => inOrder(query, order).limit(page.limit).offset(page.offset);

/**
 * Counts the rows of a query. With a cap the database stops one past it, so that a list of millions costs no more
 * than its first page does.
 */
export const countRows = async <DB, TB extends keyof DB, Row>(
  ctx: Context,
  query: SelectQueryBuilder<DB, TB, Row>,
  cap?: number,
): Promise<number> => {
  const counted = cap === undefined ? query : query.limit(cap + 1);
  const count = ctx.db.builder
    .selectFrom(counted.as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('count'));
  const [row] = await readManyRows(ctx, count);
  return row?.count ?? 0;
};

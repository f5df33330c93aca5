import type { VariableRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { VariableFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, paged, readRows } from '../select.ts';
import { VARIABLE_ORDER, type VariableSort } from '../sort.ts';
import { whereVariable } from '../where.ts';

/** The variables that the filter admits. */
export const filterVariables = (
  ctx: Context,
  { filter, sort, page }: ListOptions<VariableFilter, VariableSort>,
): Promise<readonly VariableRow[]> =>
  readRows(
    ctx,
    paged(
      ctx.db.builder
        .selectFrom('variable')
        .selectAll('variable')
        .where(whereVariable(expressionsFor(ctx.db.dialect.name), filter)),
      VARIABLE_ORDER[sort],
      page,
    ),
  );

/** How many variables the filter admits; with a cap, at most one more than that. */
export const countVariables = (
  ctx: Context,
  { filter, cap }: CountOptions<VariableFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('variable')
      .select('variable.id')
      .where(whereVariable(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );

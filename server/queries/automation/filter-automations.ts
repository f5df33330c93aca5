import type { AutomationRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { AutomationFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, paged, readRows } from '../select.ts';
import { AUTOMATION_ORDER, type AutomationSort } from '../sort.ts';
import { whereAutomation } from '../where-automation.ts';

/** The automations that the filter admits. */
export const filterAutomations = (
  ctx: Context,
  { filter, sort, page }: ListOptions<AutomationFilter, AutomationSort>,
): Promise<readonly AutomationRow[]> =>
  readRows(
    ctx,
    paged(
      ctx.db.builder
        .selectFrom('automation')
        .selectAll('automation')
        .where(whereAutomation(expressionsFor(ctx.db.dialect.name), filter)),
      AUTOMATION_ORDER[sort],
      page,
    ),
  );

/** How many automations the filter admits; with a cap, at most one more than that. */
export const countAutomations = (
  ctx: Context,
  { filter, cap }: CountOptions<AutomationFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('automation')
      .select('automation.id')
      .where(whereAutomation(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );

import type { LogRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import { conjunctsOf } from '../conjuncts.ts';
import type { LogFilter } from '../filter-types.ts';
import type { ListOptions, Page } from '../page.ts';
import { paged, readManyRows, readRows } from '../select.ts';
import { LOG_ORDER, type LogSort } from '../sort.ts';
import { whereLog } from '../where.ts';

/** Lines that are passed over cost as much as those that are read. */
const FAR_OFFSET = 5000;

const isFar = (filter: LogFilter, { offset }: Page): boolean =>
  offset >= FAR_OFFSET || conjunctsOf(filter).some(({ text }) => text !== undefined);

/** The log lines that the filter admits. */
export const filterLogs = (
  ctx: Context,
  { filter, sort, page }: ListOptions<LogFilter, LogSort>,
): Promise<readonly LogRow[]> =>
  (isFar(filter, page) ? readManyRows : readRows)(
    ctx,
    paged(
      ctx.db.builder
        .selectFrom('log')
        .selectAll('log')
        .where(whereLog(expressionsFor(ctx.db.dialect.name), filter)),
      LOG_ORDER[sort],
      page,
    ),
  );

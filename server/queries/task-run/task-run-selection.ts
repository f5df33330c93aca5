import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { TaskRunFilter } from '../filter-types.ts';
import type { RunSelection } from '../run-history.ts';
import { whereTaskRun } from '../where.ts';

/** The task runs that a filter admits, as what aggregates are computed of. */
export const selectTaskRuns = (ctx: Context, filter: TaskRunFilter): RunSelection => ({
  table: 'taskRun',
  where: whereTaskRun(expressionsFor(ctx.db.dialect.name), filter),
});

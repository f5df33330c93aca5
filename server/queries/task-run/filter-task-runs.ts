import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { TaskRunFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, inOrder, paged, readRows } from '../select.ts';
import { type TaskRunSort, taskRunOrderBy } from '../sort.ts';
import { whereTaskRun } from '../where.ts';
import { type TaskRunView, toTaskRunView } from './task-run-view.ts';

/**
 * The task runs that the filter admits, each with its state, in one statement. The page is chosen first, so that
 * nothing is joined to rows that are not on it.
 */
export const filterTaskRuns = async (
  ctx: Context,
  { filter, sort, page }: ListOptions<TaskRunFilter, TaskRunSort>,
): Promise<readonly TaskRunView[]> => {
  const order = taskRunOrderBy(sort);
  const chosen = ctx.db.builder
    .selectFrom('taskRun')
    .select('taskRun.id')
    .where(whereTaskRun(expressionsFor(ctx.db.dialect.name), filter));
  const query = ctx.db.builder
    .selectFrom(paged(chosen, order, page).as('chosen'))
    // SQLite keeps to the order of a cross join; of another it may begin with all rows in the order that is asked for.
    .crossJoin('taskRun')
    .whereRef('taskRun.id', '=', 'chosen.id')
    .leftJoin('taskRunState as state', 'state.id', 'taskRun.stateId')
    .leftJoin('artifact as result', 'result.id', 'state.resultArtifactId')
    .selectAll('taskRun')
    .select([
      'state.id as currentStateId',
      'state.message as currentStateMessage',
      'state.stateDetails as currentStateDetails',
      'state.data as currentStateData',
      'result.data as currentStateResult',
    ]);
  const found = await readRows(ctx, inOrder(query, order));
  return found.map(toTaskRunView);
};

/** How many task runs the filter admits; with a cap, at most one more than that. */
export const countTaskRuns = (
  ctx: Context,
  { filter, cap }: CountOptions<TaskRunFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('taskRun')
      .select('taskRun.id')
      .where(whereTaskRun(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );

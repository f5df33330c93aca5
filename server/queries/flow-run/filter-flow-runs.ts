import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { FlowRunFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, inOrder, paged, readRows } from '../select.ts';
import { FLOW_RUN_ORDER, type FlowRunSort } from '../sort.ts';
import { whereFlowRun } from '../where.ts';
import { type FlowRunView, toFlowRunView } from './flow-run-view.ts';

/**
 * The flow runs that the filter admits, each with its state and work pool, in one statement. The page is chosen first,
 * so that nothing is joined to rows that are not on it.
 */
export const filterFlowRuns = async (
  ctx: Context,
  { filter, sort, page }: ListOptions<FlowRunFilter, FlowRunSort>,
): Promise<readonly FlowRunView[]> => {
  const order = FLOW_RUN_ORDER[sort];
  const chosen = ctx.db.builder
    .selectFrom('flowRun')
    .select('flowRun.id')
    .where(whereFlowRun(expressionsFor(ctx.db.dialect.name), filter));
  const query = ctx.db.builder
    .selectFrom(paged(chosen, order, page).as('chosen'))
    // SQLite keeps to the order of a cross join; of another it may begin with all rows in the order that is asked for.
    .crossJoin('flowRun')
    .whereRef('flowRun.id', '=', 'chosen.id')
    .leftJoin('flowRunState as state', 'state.id', 'flowRun.stateId')
    .leftJoin('artifact as result', 'result.id', 'state.resultArtifactId')
    .leftJoin('workQueue as queue', 'queue.id', 'flowRun.workQueueId')
    .leftJoin('workPool as pool', 'pool.id', 'queue.workPoolId')
    .selectAll('flowRun')
    .select([
      'state.id as currentStateId',
      'state.message as currentStateMessage',
      'state.stateDetails as currentStateDetails',
      'state.data as currentStateData',
      'result.data as currentStateResult',
      'queue.name as queueName',
      'pool.id as workPoolId',
      'pool.name as workPoolName',
    ]);
  const found = await readRows(ctx, inOrder(query, order));
  return found.map(toFlowRunView);
};

/** How many flow runs the filter admits; with a cap, at most one more than that. */
export const countFlowRuns = (
  ctx: Context,
  { filter, cap }: CountOptions<FlowRunFilter>,
): Promise<number> =>
  countRows(
    ctx,
    ctx.db.builder
      .selectFrom('flowRun')
      .select('flowRun.id')
      .where(whereFlowRun(expressionsFor(ctx.db.dialect.name), filter)),
    cap,
  );

import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { FlowRunFilter } from '../filter-types.ts';
import type { CountOptions, ListOptions } from '../page.ts';
import { countRows, inOrder, readRows } from '../select.ts';
import { FLOW_RUN_ORDER, type FlowRunSort } from '../sort.ts';
import { whereFlowRun } from '../where.ts';
import { chooseFlowRuns } from './choose-flow-runs.ts';
import { type FlowRunView, toFlowRunView } from './flow-run-view.ts';
import { narrowFilter } from './narrow-filter.ts';
import { countFromRollup } from './rollup.ts';

/**
 * The flow runs that the filter admits, each with its state and work pool, in one statement. The page is chosen first,
 * so that nothing is joined to rows that are not on it.
 */
export const filterFlowRuns = async (
  ctx: Context,
  { filter, sort, page }: ListOptions<FlowRunFilter, FlowRunSort>,
): Promise<readonly FlowRunView[]> => {
  const order = FLOW_RUN_ORDER[sort];
  const chosen = await chooseFlowRuns(ctx, { filter, sort, page });
  const query = ctx.db.builder
    .selectFrom(chosen.as('chosen'))
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
export const countFlowRuns = async (
  ctx: Context,
  { filter, cap }: CountOptions<FlowRunFilter>,
): Promise<number> => {
  const known = await countFromRollup(ctx, filter);
  if (known !== null) return cap === undefined ? known : Math.min(known, cap + 1);
  const narrowed = await narrowFilter(ctx, filter);
  return countRows(
    ctx,
    ctx.db.builder
      .selectFrom('flowRun')
      .select('flowRun.id')
      .where(whereFlowRun(expressionsFor(ctx.db.dialect.name), narrowed)),
    cap,
  );
};

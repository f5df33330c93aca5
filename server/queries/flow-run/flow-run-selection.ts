import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import type { FlowRunFilter } from '../filter-types.ts';
import type { RunSelection } from '../run-history.ts';
import { whereFlowRun } from '../where.ts';
import { narrowFilter } from './narrow-filter.ts';
import { historyFromRollup } from './rollup.ts';

/** The flow runs that a filter admits, as what aggregates are computed of. */
export const selectFlowRuns = (ctx: Context, filter: FlowRunFilter): RunSelection => ({
  table: 'flowRun',
  where: whereFlowRun(expressionsFor(ctx.db.dialect.name), filter),
  countedHistory: (server, window) => historyFromRollup(server, filter, window),
});

/** The same, after a look at what the filter comes to. */
export const selectFewFlowRuns = async (
  ctx: Context,
  filter: FlowRunFilter,
): Promise<RunSelection> => selectFlowRuns(ctx, await narrowFilter(ctx, filter));

import type { FlowRunRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import type { StateType } from '#server/orchestration/states.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import type { FlowRunFilter } from '../filter-types.ts';
import type { ListOptions } from '../page.ts';
import { estimatedRunTimeSeconds, latenessSeconds } from '../run-times.ts';
import { inOrder, readRows } from '../select.ts';
import { FLOW_RUN_ORDER, type FlowRunSort } from '../sort.ts';
import { chooseFlowRuns } from './choose-flow-runs.ts';

/** A flow run as a point of a chart: at its start, or its expected start before that. */
export interface FlowRunPoint {
  readonly id: string;
  readonly stateType: StateType | null;
  readonly timestamp: Micros | null;
  readonly durationSeconds: number;
  readonly latenessSeconds: number;
}

const COLUMNS = [
  'flowRun.id',
  'flowRun.stateType',
  'flowRun.stateTimestamp',
  'flowRun.startTime',
  'flowRun.expectedStartTime',
  'flowRun.totalRunTime',
] as const;

type PointRow = Pick<
  FlowRunRow,
  'id' | 'stateType' | 'stateTimestamp' | 'startTime' | 'expectedStartTime' | 'totalRunTime'
>;

/** The point of a flow run at a given instant. */
const toFlowRunPoint = (run: PointRow, now: Micros): FlowRunPoint => ({
  id: run.id,
  stateType: run.stateType,
  timestamp: run.startTime ?? run.expectedStartTime,
  durationSeconds: estimatedRunTimeSeconds(run, now),
  latenessSeconds: latenessSeconds(run, now),
});

/** The flow runs that the filter admits as points, without the weight of their parameters. */
export const readFlowRunPoints = async (
  ctx: Context,
  { filter, sort, page }: ListOptions<FlowRunFilter, FlowRunSort>,
): Promise<readonly FlowRunPoint[]> => {
  const chosen = await chooseFlowRuns(ctx, { filter, sort, page });
  const query = ctx.db.builder
    .selectFrom(chosen.as('chosen'))
    // As in the list of flow runs: SQLite keeps to the order of a cross join.
    .crossJoin('flowRun')
    .whereRef('flowRun.id', '=', 'chosen.id')
    .select(COLUMNS);
  const found = await readRows(ctx, inOrder(query, FLOW_RUN_ORDER[sort]));
  const now = nowMicros();
  return found.map((run) => toFlowRunPoint(run, now));
};

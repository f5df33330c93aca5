import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { STATE_TYPES, type StateType } from '#server/orchestration/states.ts';
import { type Micros, MICROS_PER_SECOND, micros, nowMicros } from '#server/time.ts';

import { estimatedRunTime, lateness } from './run-times.ts';
import { readManyRows } from './select.ts';

/** A history has at most this many intervals; what lies beyond them is left out. */
const MAX_INTERVALS = 500;

export interface HistoryWindow {
  readonly start: Micros;
  readonly end: Micros;
  /** At least one second; whoever takes it from a client refuses less. */
  readonly intervalSeconds: number;
}

export interface HistoryState {
  readonly type: StateType | null;
  readonly name: string | null;
  readonly count: number;
  readonly sumEstimatedRunTimeSeconds: number;
  readonly sumEstimatedLatenessSeconds: number;
}

export interface HistoryBucket {
  readonly start: Micros;
  readonly end: Micros;
  readonly states: readonly HistoryState[];
}

export type StateCounts = Readonly<Record<StateType, number>>;

/** Which runs a computation is about: those of one kind that a condition on their table admits. */
export interface RunSelection {
  readonly table: 'flowRun' | 'taskRun';
  readonly where: Expression<SqlBool>;
  /** The history of these runs from what is counted already; null when that does not tell it. */
  readonly countedHistory?: (
    ctx: Context,
    window: HistoryWindow,
  ) => Promise<readonly HistoryBucket[] | null>;
}

const selectRuns = (
  ctx: Context,
  { table, where }: RunSelection,
): SelectQueryBuilder<Tables, 'flowRun' | 'taskRun', object> =>
  ctx.db.builder.selectFrom(table).where(where);

const positiveSum = <Name extends string>(time: Expression<number>, name: Name) =>
  // An exact sum of integers would come back from PostgreSQL as text.
  sql<number>`CAST(sum(CASE WHEN ${time} > 0 THEN ${time} ELSE 0 END) AS DOUBLE PRECISION)`.as(
    name,
  );

/** How many intervals a history has. */
export const historyBuckets = ({ start, end, intervalSeconds }: HistoryWindow): number =>
  end <= start
    ? 0
    : Math.min(MAX_INTERVALS, Math.ceil((end - start) / (intervalSeconds * MICROS_PER_SECOND)));

/** What was counted of one state in one interval; times are sums in microseconds. */
interface HistoryRow {
  readonly bucket: number;
  readonly type: StateType | null;
  readonly name: string | null;
  readonly count: number;
  readonly runTime: number;
  readonly lateness: number;
}

/** What was counted as a history: every interval is there, be it without runs. */
export const toHistory = (
  counted: readonly HistoryRow[],
  {
    start,
    buckets,
    interval,
  }: { readonly start: Micros; readonly buckets: number; readonly interval: number },
): readonly HistoryBucket[] => {
  const states = Map.groupBy(counted, (row) => row.bucket);
  return Array.from({ length: buckets }, (_unused, index) => ({
    start: micros(start + index * interval),
    end: micros(start + (index + 1) * interval),
    states: (states.get(index) ?? []).map((row) => ({
      type: row.type,
      name: row.name,
      count: row.count,
      sumEstimatedRunTimeSeconds: row.runTime / MICROS_PER_SECOND,
      sumEstimatedLatenessSeconds: row.lateness / MICROS_PER_SECOND,
    })),
  }));
};

/** Runs counted by state in intervals of their expected start; every interval is there, be it without runs. */
export const runHistory = async (
  ctx: Context,
  runs: RunSelection,
  window: HistoryWindow,
): Promise<readonly HistoryBucket[]> => {
  const buckets = historyBuckets(window);
  if (buckets === 0) return [];
  const counted = await runs.countedHistory?.(ctx, window);
  if (counted !== undefined && counted !== null) return counted;
  const interval = Math.round(window.intervalSeconds * MICROS_PER_SECOND);
  const now = nowMicros();
  const column = (name: string) => sql.ref(`${runs.table}.${name}`);
  const expected = column('expectedStartTime');
  const found = await readManyRows(
    ctx,
    selectRuns(ctx, runs)
      .select((eb) => [
        // The cast is for SQLite, whose driver binds every number as a float.
        sql<number>`CAST((${expected} - ${window.start}) / ${sql.lit(interval)} AS BIGINT)`.as(
          'bucket',
        ),
        sql<StateType | null>`${column('stateType')}`.as('type'),
        sql<string | null>`${column('stateName')}`.as('name'),
        eb.fn.countAll<number>().as('count'),
        positiveSum(estimatedRunTime(runs.table, now), 'runTime'),
        positiveSum(lateness(runs.table, now), 'lateness'),
      ])
      .where(sql<SqlBool>`${expected} >= ${window.start}`)
      .where(sql<SqlBool>`${expected} < ${window.start + buckets * interval}`)
      .groupBy(sql`1, 2, 3`),
  );
  return toHistory(found, { start: window.start, buckets, interval });
};

/** The mean of the runs' lateness in seconds, those in time counting as zero; null without runs. */
export const averageLatenessSeconds = async (
  ctx: Context,
  runs: RunSelection,
): Promise<number | null> => {
  const mean = sql<
    number | null
  >`CAST(avg(${lateness(runs.table, nowMicros())}) AS DOUBLE PRECISION)`;
  const [row] = await readManyRows(ctx, selectRuns(ctx, runs).select(mean.as('mean')));
  return row === undefined || row.mean === null ? null : row.mean / MICROS_PER_SECOND;
};

/** The mean of the seconds that the runs have run; null without runs. */
export const averageRunTimeSeconds = async (
  ctx: Context,
  runs: RunSelection,
): Promise<number | null> => {
  const mean = sql<
    number | null
  >`CAST(avg(${estimatedRunTime(runs.table, nowMicros())}) AS DOUBLE PRECISION)`;
  const [row] = await readManyRows(ctx, selectRuns(ctx, runs).select(mean.as('mean')));
  return row === undefined || row.mean === null ? null : row.mean / MICROS_PER_SECOND;
};

export interface NamedStateCount {
  readonly type: StateType;
  readonly name: string;
  readonly count: number;
}

/** How many of the runs are in each kind of state. */
export const countByStateType = async (ctx: Context, runs: RunSelection): Promise<StateCounts> => {
  const type = sql<StateType>`${sql.ref(`${runs.table}.stateType`)}`;
  const found = await readManyRows(
    ctx,
    selectRuns(ctx, runs)
      .select((eb) => [type.as('type'), eb.fn.countAll<number>().as('count')])
      .where(sql<SqlBool>`${type} IS NOT NULL`)
      .groupBy(sql`1`),
  );
  const counts = new Map(found.map((row) => [row.type, row.count]));
  // One entry for each type, which `fromEntries` cannot tell the type checker.
  return Object.fromEntries(
    STATE_TYPES.map((stateType) => [stateType, counts.get(stateType) ?? 0]),
  ) as StateCounts;
};

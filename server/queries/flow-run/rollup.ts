import { sql } from 'kysely';

import type { Context } from '#server/context.ts';
import { ROLLUP_MICROS, readRollupHistory } from '#server/db/sql/run-rollup.ts';
import { json } from '#server/json.ts';
import type { StateType } from '#server/orchestration/states.ts';
import { MICROS_PER_SECOND, nowMicros } from '#server/time.ts';

import { conjunctsOf } from '../conjuncts.ts';
import type { FlowRunFilter, StateFilter } from '../filter-types.ts';
import {
  type HistoryBucket,
  type HistoryWindow,
  historyBuckets,
  toHistory,
} from '../run-history.ts';
import { readRows } from '../select.ts';

/** The types and names of states; absent for all. */
interface RollupStates {
  readonly types?: readonly StateType[] | undefined;
  readonly names?: readonly string[] | undefined;
}

/** Below this many spans an interval the runs themselves are read as fast. */
const SPANS_PER_INTERVAL = 4;

const isPlainList = (filter: object | undefined): boolean =>
  filter === undefined || Object.keys(filter).every((key) => key === 'in');

/** The states a filter asks for, when it asks for nothing else; null when it does, or asks twice. */
const statesAskedFor = (filter: FlowRunFilter): RollupStates | null => {
  const conjuncts = conjunctsOf(filter);
  if (conjuncts.length === 0) return {};
  const [only] = conjuncts;
  if (conjuncts.length > 1 || only?.state === undefined) return null;
  const { type, name, ...others }: StateFilter = only.state;
  if (Object.keys(others).length > 0 || !isPlainList(type) || !isPlainList(name)) return null;
  return { types: type?.in, names: name?.in };
};

/** How many flow runs a filter admits, from the counts by state; null when those do not tell. */
export const countFromRollup = async (
  ctx: Context,
  filter: FlowRunFilter,
): Promise<number | null> => {
  const states = statesAskedFor(filter);
  if (states === null) return null;
  const { types, names } = states;
  let query = ctx.db.builder
    .selectFrom('runRollup')
    .select(sql<number>`CAST(coalesce(sum(${sql.ref('runs')}), 0) AS BIGINT)`.as('count'));
  if (types?.length === 0 || names?.length === 0) return 0;
  if (types !== undefined) query = query.where('runRollup.stateType', 'in', [...types]);
  if (names !== undefined) query = query.where('runRollup.stateName', 'in', [...names]);
  const [counted] = await readRows(ctx, query);
  return counted?.count ?? 0;
};

const isAsked = (asked: readonly string[] | undefined, value: string | null): boolean =>
  asked === undefined || (value !== null && asked.includes(value));

interface Edge {
  readonly low: number;
  readonly high: number;
}

/** The parts of spans at the borders of intervals, and the span of the present. */
const edgesOf = (
  { start }: HistoryWindow,
  { end, interval, now }: { readonly end: number; readonly interval: number; readonly now: number },
): readonly Edge[] => {
  const spans = new Set<number>();
  const spanOf = (instant: number): number => Math.floor(instant / ROLLUP_MICROS) * ROLLUP_MICROS;
  for (let border: number = start; border <= end; border += interval) {
    if (border % ROLLUP_MICROS !== 0) spans.add(spanOf(border));
  }
  spans.add(spanOf(now));
  return [...spans]
    .map((span) => ({ low: Math.max(span, start), high: Math.min(span + ROLLUP_MICROS, end) }))
    .filter(({ low, high }) => low < high);
};

/** The history of the flow runs of a filter, from the counts by state; null when those do not tell or save nothing. */
export const historyFromRollup = async (
  ctx: Context,
  filter: FlowRunFilter,
  window: HistoryWindow,
): Promise<readonly HistoryBucket[] | null> => {
  const states = statesAskedFor(filter);
  const interval = Math.round(window.intervalSeconds * MICROS_PER_SECOND);
  if (states === null || window.start < 0 || interval < SPANS_PER_INTERVAL * ROLLUP_MICROS)
    return null;
  const buckets = historyBuckets(window);
  const end = window.start + buckets * interval;
  const now = nowMicros();
  const edges = edgesOf(window, { end, interval, now }).map(({ low, high }) => [low, high]);
  const found = await ctx.db.readAside(
    readRollupHistory(window.start, end, interval, now, json(edges)),
  );
  const { types, names } = states;
  const asked = found.filter(({ type, name }) => isAsked(types, type) && isAsked(names, name));
  return toHistory(asked, { start: window.start, buckets, interval });
};

import { type SelectQueryBuilder, sql } from 'kysely';

import type { Tables } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import { conjunctsOf } from '../conjuncts.ts';
import type { FlowRunFilter } from '../filter-types.ts';
import type { ListOptions } from '../page.ts';
import { inOrder, paged } from '../select.ts';
import { FLOW_RUN_ORDER, type FlowRunSort } from '../sort.ts';
import { whereFlowRun } from '../where.ts';
import { narrowFilter } from './narrow-filter.ts';
import { countFromRollup } from './rollup.ts';

/** States with more runs than this are met soon on a walk along the order. */
const COMMON = 20_000;
/** A list of more values than this is not taken apart. */
const MAX_BRANCHES = 8;

type Choice = SelectQueryBuilder<Tables & { chosen: { id: string } }, 'flowRun', { id: string }>;

const branch = (
  conjuncts: readonly FlowRunFilter[],
  split: FlowRunFilter,
  values: readonly FlowRunFilter[],
): readonly FlowRunFilter[] =>
  values.map((value) => ({
    and: conjuncts.map((conjunct) => (conjunct === split ? value : conjunct)),
  }));

const hasSeveral = (values: readonly string[] | undefined): values is readonly string[] =>
  values !== undefined && values.length > 1 && values.length <= MAX_BRANCHES;

/**
 * A filter as several that no run meets two of, each of which asks for one value of a column whose index gives its
 * rows in the order of the expected start: no database merges the rows of a list of values by itself.
 */
const branchesOf = (filter: FlowRunFilter): readonly FlowRunFilter[] => {
  const conjuncts = conjunctsOf(filter);
  if (conjuncts.some(({ among, id }) => (among ?? id) !== undefined)) return [filter];
  for (const conjunct of conjuncts) {
    const { state, workQueue, flow } = conjunct;
    const types = state?.type?.in;
    if (state !== undefined && state.name === undefined && hasSeveral(types)) {
      const values = [...new Set(types)].map((type) => ({
        state: { type: { ...state.type, in: [type] } },
      }));
      return branch(conjuncts, conjunct, values);
    }
    const queueIds = workQueue?.id?.in;
    if (hasSeveral(queueIds)) {
      const values = [...new Set(queueIds)].map((id) => ({
        workQueue: { ...workQueue, id: { ...workQueue?.id, in: [id] } },
      }));
      return branch(conjuncts, conjunct, values);
    }
    const flowIds = flow?.id?.in;
    if (hasSeveral(flowIds)) {
      const values = [...new Set(flowIds)].map((id) => ({
        flow: { ...flow, id: { ...flow?.id, in: [id] } },
      }));
      return branch(conjuncts, conjunct, values);
    }
  }
  return [filter];
};

const areStatesCommon = async (ctx: Context, filter: FlowRunFilter): Promise<boolean> => {
  const states = conjunctsOf(filter).filter(({ state }) => state !== undefined);
  const [only] = states;
  if (only === undefined || states.length > 1) return false;
  return ((await countFromRollup(ctx, only)) ?? 0) > COMMON;
};

/** The ids of one page of the flow runs that a filter admits, in the given order, as a query to join others to. */
export const chooseFlowRuns = async (
  ctx: Context,
  { filter, sort, page }: ListOptions<FlowRunFilter, FlowRunSort>,
): Promise<Choice> => {
  const words = expressionsFor(ctx.db.dialect.name);
  const order = FLOW_RUN_ORDER[sort];
  const narrowed = await narrowFilter(ctx, filter);
  const select = (part: FlowRunFilter): Choice =>
    ctx.db.builder.selectFrom('flowRun').select('flowRun.id').where(whereFlowRun(words, part));
  if (!sort.startsWith('EXPECTED_START_TIME')) {
    const isCommon = ctx.db.dialect.name === 'sqlite' && (await areStatesCommon(ctx, narrowed));
    const part = isCommon
      ? {
          and: conjunctsOf(narrowed).map((one) =>
            one.state === undefined ? one : { ...one, areStatesCommon: true },
          ),
        }
      : narrowed;
    return paged(select(part), order, page);
  }
  const branches = branchesOf(narrowed);
  if (branches.length === 1) return paged(select(narrowed), order, page);
  const most = page.offset + page.limit;
  const tops = branches.map((part) =>
    ctx.db.builder
      .selectFrom(inOrder(select(part), order).limit(most).as('top'))
      .select(sql<string>`${sql.ref('top.id')}`.as('id')),
  );
  const [first, ...others] = tops;
  if (first === undefined) return paged(select(narrowed), order, page);
  let union = first;
  for (const other of others) union = union.unionAll(other);
  const merged: Choice = ctx.db.builder
    .selectFrom('flowRun')
    .select('flowRun.id')
    .where('flowRun.id', 'in', union);
  return paged(merged, order, page);
};

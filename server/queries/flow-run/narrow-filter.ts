import type { Compilable } from 'kysely';

import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import { rows } from '#server/db/script.ts';
import { runsWithTag } from '#server/db/sql/flow-run-tags.ts';

import { conjunctsOf } from '../conjuncts.ts';
import type { FlowRunFilter, TagsFilter, TextFilter } from '../filter-types.ts';
import { readManyRows, readRows } from '../select.ts';
import {
  whereDeployment,
  whereFlow,
  whereFlowRun,
  whereWorkPool,
  whereWorkQueue,
} from '../where.ts';

// A database that knows little of its data chooses badly between an index of what is asked for and one of the order:
// the first is right for what is rare, the second for what is common. So it is asked first which of them it is.

/** What more rows than this have is common: walking along the order meets a page of them soon. */
const RARE = 2000;
/** More flows, deployments or queues than this are left to the database. */
const FEW = 50;

type Narrow = (ctx: Context, conjunct: FlowRunFilter) => Promise<FlowRunFilter | null>;

/** Ids of the few rows that a relation's filter admits; null when they are many. */
const fewIds = async (
  ctx: Context,
  query: Compilable<{ readonly id: string }>,
): Promise<readonly string[] | null> => {
  const found = await readRows(ctx, query);
  return found.length > FEW ? null : found.map(({ id }) => id);
};

const byFlow: Narrow = async (ctx, { flow }) => {
  if (flow === undefined || flow.id?.in !== undefined) return null;
  const ids = await fewIds(
    ctx,
    ctx.db.builder
      .selectFrom('flow')
      .select('flow.id')
      .where(whereFlow(expressionsFor(ctx.db.dialect.name), flow))
      .limit(FEW + 1),
  );
  return ids === null ? null : { flow: { id: { in: ids } } };
};

const byDeployment: Narrow = async (ctx, { deployment }) => {
  if (deployment === undefined || deployment.id?.in !== undefined) return null;
  const ids = await fewIds(
    ctx,
    ctx.db.builder
      .selectFrom('deployment')
      .select('deployment.id')
      .where(whereDeployment(expressionsFor(ctx.db.dialect.name), deployment))
      .limit(FEW + 1),
  );
  return ids === null ? null : { deployment: { id: { in: ids } } };
};

const byQueue: Narrow = async (ctx, { workPool, workQueue }) => {
  const words = expressionsFor(ctx.db.dialect.name);
  if (workPool === undefined && (workQueue === undefined || workQueue.id?.in !== undefined))
    return null;
  const queues = ctx.db.builder
    .selectFrom('workQueue')
    .select('workQueue.id')
    .limit(FEW + 1);
  const ids = await fewIds(
    ctx,
    workPool === undefined
      ? queues.where(whereWorkQueue(words, workQueue ?? {}))
      : queues
          .innerJoin('workPool', 'workPool.id', 'workQueue.workPoolId')
          .where(whereWorkPool(words, workPool)),
  );
  return ids === null ? null : { workQueue: { id: { in: ids } } };
};

const runsOfTag = async (ctx: Context, tag: string): Promise<readonly string[] | null> => {
  const found = await ctx.db.read(() => rows(runsWithTag(tag, RARE + 1)));
  return found.length > RARE ? null : found.map(({ flowRunId }) => flowRunId);
};

const withAllTags = async (ctx: Context, tags: readonly string[]) => {
  for (const tag of tags) {
    // oxlint-disable-next-line no-await-in-loop -- the first rare tag decides
    const ids = await runsOfTag(ctx, tag);
    if (ids !== null) return ids;
  }
  return null;
};

const withAnyTag = async (ctx: Context, tags: readonly string[]) => {
  const found = await Promise.all(tags.map((tag) => runsOfTag(ctx, tag)));
  const ids = found.flatMap((some) => some ?? []);
  return found.includes(null) || ids.length > RARE ? null : ids;
};

const byTags: Narrow = async (ctx, { tags }) => {
  if (tags === undefined) return null;
  const { all = [], any }: TagsFilter = tags;
  const ids =
    all.length > 0
      ? await withAllTags(ctx, all)
      : any === undefined
        ? null
        : await withAnyTag(ctx, any);
  return ids === null ? null : { tags, among: ids };
};

const isFragment = ({ like, contains, startsWith }: TextFilter): boolean =>
  (like ?? contains) !== undefined || startsWith !== undefined;

const byName: Narrow = async (ctx, { name }) => {
  if (name === undefined || !isFragment(name)) return null;
  const found = await readManyRows(
    ctx,
    ctx.db.builder
      .selectFrom('flowRun')
      .select('flowRun.id')
      .where(whereFlowRun(expressionsFor(ctx.db.dialect.name), { name }))
      .limit(RARE + 1),
  );
  return found.length > RARE ? null : { among: found.map(({ id }) => id) };
};

const STEPS: readonly Narrow[] = [byFlow, byDeployment, byQueue, byTags, byName];

/**
 * The same filter in the words that the database finds fastest: relations as the ids they come to, rare tags and name
 * fragments as the runs that have them.
 */
export const narrowFilter = async (ctx: Context, filter: FlowRunFilter): Promise<FlowRunFilter> => {
  const narrowed = await Promise.all(
    conjunctsOf(filter).map(async (conjunct) => {
      for (const step of STEPS) {
        // oxlint-disable-next-line no-await-in-loop -- only the step of this criterion asks anything
        const better = await step(ctx, conjunct);
        if (better !== null) return better;
      }
      return conjunct;
    }),
  );
  return { and: narrowed };
};

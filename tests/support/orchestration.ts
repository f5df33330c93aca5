import type { EventRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one, rows, run } from '#server/db/script.ts';
import { readLimit } from '#server/db/sql/concurrency-limit-rows.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, json, optionalJson } from '#server/json.ts';
import { activeSlotsAt } from '#server/orchestration/concurrency.ts';
import { nowMicros } from '#server/time.ts';

export interface TestFlow {
  readonly id: string;
  readonly name: string;
}

/** A flow to make runs of. */
export const insertFlow = async (ctx: Context): Promise<TestFlow> => {
  const id = newId();
  const now = nowMicros();
  const flow = {
    id,
    created: now,
    updated: now,
    name: `flow-${id}`,
    tags: json([]),
    labels: json({}),
  };
  await ctx.db.write(() => run(ctx.db.builder.insertInto('flow').values(flow)));
  return flow;
};

/** A deployment of the flow, with a concurrency limit of its own where one is given. */
export const insertDeployment = async (
  ctx: Context,
  input: { readonly flowId: string; readonly limitId?: string; readonly options?: JsonObject },
): Promise<{ readonly id: string }> => {
  const id = newId();
  const now = nowMicros();
  const deployment = {
    id,
    created: now,
    updated: now,
    name: `deployment-${id}`,
    flowId: input.flowId,
    paused: false,
    status: 'READY',
    jobVariables: json({}),
    parameters: json({}),
    enforceParameterSchema: false,
    tags: json([]),
    concurrencyLimitId: input.limitId ?? null,
    concurrencyOptions: optionalJson(input.options),
  };
  await ctx.db.write(() => run(ctx.db.builder.insertInto('deployment').values(deployment)));
  return deployment;
};

/** A concurrency limit of the second kind, with nothing of it taken. */
export const insertLimit = async (
  ctx: Context,
  input: { readonly name: string; readonly limit: number; readonly isActive?: boolean },
): Promise<{ readonly id: string }> => {
  const id = newId();
  const now = nowMicros();
  const limit = {
    id,
    created: now,
    updated: now,
    active: input.isActive ?? true,
    name: input.name,
    limit: input.limit,
    activeSlots: 0,
    deniedSlots: 0,
    slotDecayPerSecond: 0,
    avgSlotOccupancySeconds: 2,
  };
  await ctx.db.write(() => run(ctx.db.builder.insertInto('concurrencyLimitV2').values(limit)));
  return limit;
};

/** The slots of a limit that are taken now. */
export const readActiveSlots = async (ctx: Context, id: string): Promise<number | undefined> => {
  const now = nowMicros();
  const row = await ctx.db.read(() => one(readLimit(now, id)));
  return row === null ? undefined : activeSlotsAt(row, now);
};

/** The stored states of a flow run by name, oldest first. */
export const readStateNames = async (
  ctx: Context,
  flowRunId: string,
): Promise<readonly string[]> => {
  const query = ctx.db.builder
    .selectFrom('flowRunState')
    .select('name')
    .where('flowRunId', '=', flowRunId)
    .orderBy('timestamp');
  return (await ctx.db.read(() => rows(query))).map(({ name }) => name);
};

/** The events about a flow run, oldest first. */
export const readEvents = (ctx: Context, flowRunId: string): Promise<readonly EventRow[]> => {
  const query = ctx.db.builder
    .selectFrom('event')
    .selectAll()
    .where('resourceId', '=', `prefect.flow-run.${flowRunId}`)
    .orderBy('seq');
  return ctx.db.read(() => rows(query));
};

/** The limit that lists its holders, as Prefect kept them before. */
export const insertTagLimit = async (
  ctx: Context,
  input: { readonly tag: string; readonly limit: number },
): Promise<void> => {
  const now = nowMicros();
  const limit = {
    id: newId(),
    created: now,
    updated: now,
    tag: input.tag,
    concurrencyLimit: input.limit,
    activeSlots: json([]),
  };
  await ctx.db.write(() => run(ctx.db.builder.insertInto('concurrencyLimit').values(limit)));
};

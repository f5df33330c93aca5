import type { Context } from '#server/context.ts';
import { run } from '#server/db/script.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, json, optionalJson } from '#server/json.ts';
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

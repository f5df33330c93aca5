import type { Context } from '#server/context.ts';
import { run } from '#server/db/script.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
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

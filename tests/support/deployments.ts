import {
  type CreateDeployment,
  createDeployment,
} from '#server/commands/deployment/create-deployment.ts';
import type { Context } from '#server/context.ts';
import { rows, run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

/** A flow as a row alone. */
export const buildFlow = (ctx: Context): Promise<string> =>
  ctx.db.write(function* () {
    const id = newId();
    const now = nowMicros();
    yield* run(
      ctx.db.builder.insertInto('flow').values({
        id,
        created: now,
        updated: now,
        name: `flow-${id}`,
        tags: json([]),
        labels: json({ team: 'flow' }),
      }),
    );
    return id;
  });

/** A deployment of a new flow. */
export const buildDeployment = async (ctx: Context, input: Partial<CreateDeployment> = {}) => {
  const flowId = input.flowId ?? (await buildFlow(ctx));
  const { deployment } = await createDeployment(ctx, { name: 'daily', ...input, flowId });
  return deployment;
};

const readEvents = statement<[resourceId: string], { readonly event: string }>(
  'SELECT event FROM event WHERE resource_id = ? ORDER BY seq',
);

/** The names of the events about a resource, in their order. */
export const eventNames = async (ctx: Context, resourceId: string): Promise<readonly string[]> =>
  (await ctx.db.read(() => rows(readEvents(resourceId)))).map(({ event }) => event);

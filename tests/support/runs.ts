import type { Context } from '#server/context.ts';
import { run } from '#server/db/script.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

/** A flow run as a row alone, for tests that are not about how runs come to be. */
export const insertBareFlowRun = (
  ctx: Context,
): Promise<{ readonly flowId: string; readonly flowRunId: string }> =>
  ctx.db.write(function* () {
    const { builder } = ctx.db;
    const now = nowMicros();
    const flowId = newId();
    const flowRunId = newId();
    yield* run(
      builder.insertInto('flow').values({
        id: flowId,
        created: now,
        updated: now,
        name: `flow-${flowId}`,
        tags: json([]),
        labels: null,
      }),
    );
    yield* run(
      builder.insertInto('flowRun').values({
        id: flowRunId,
        created: now,
        updated: now,
        name: 'quiet-otter',
        flowId,
        parameters: json({}),
        context: json({}),
        empiricalPolicy: json({}),
        tags: json([]),
        autoScheduled: false,
        runCount: 0,
        totalRunTime: 0,
      }),
    );
    return { flowId, flowRunId };
  });

import { markDeploymentsReady } from '#server/commands/deployment/mark-deployments-ready.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { readQueuedRuns } from '#server/db/sql/work-pool-poll.ts';
import { readWorkPoolOfQueue } from '#server/db/sql/work-pool-rows.ts';
import { readWorkQueueRow } from '#server/db/sql/work-queue-rows.ts';
import { countQueueSlots } from '#server/db/sql/work-queue-slots.ts';
import { json } from '#server/json.ts';
import { type FlowRunView, toFlowRunView } from '#server/queries/flow-run/flow-run-view.ts';
import { type Micros, micros, nowMicros } from '#server/time.ts';

import { workQueueNotFound } from './not-found.ts';
import { recordWorkQueuePolls } from './record-polls.ts';

export interface QueuePoll {
  readonly id: string;
  readonly scheduledBefore?: Micros | undefined;
  readonly limit: number;
  /** Whether the call counts as a worker's. */
  readonly isNoted: boolean;
}

const FOREVER = micros(Number.MAX_SAFE_INTEGER);
const SINCE_EVER = micros(Number.MIN_SAFE_INTEGER);

/** The next runs of one queue, as many as its limit leaves room for. NOT_FOUND for an unknown queue. */
export const pollWorkQueue = async (
  ctx: Context,
  { id, scheduledBefore = FOREVER, limit, isNoted }: QueuePoll,
): Promise<readonly FlowRunView[]> => {
  const found = await ctx.db.read(function* () {
    const queue = yield* one(readWorkQueueRow(id));
    const pool = yield* one(readWorkPoolOfQueue(id));
    if (queue === null || pool === null) throw workQueueNotFound(id);
    const slots = yield* one(countQueueSlots(json([id])));
    const free = (queue.concurrencyLimit ?? Infinity) - (slots?.heldOrCancelling ?? 0);
    const count = queue.isPaused ? 0 : Math.max(0, Math.min(limit, free));
    const now = nowMicros();
    return {
      queue,
      pool,
      runs: yield* rows(readQueuedRuns(id, SINCE_EVER, scheduledBefore, now, now, 0, count)),
    };
  });
  const { pool } = found;
  if (isNoted) {
    await recordWorkQueuePolls(ctx, { pool, queues: [found.queue] });
    await markDeploymentsReady(ctx, { workQueueIds: [id] });
  }
  return found.runs.map((run) =>
    toFlowRunView({ ...run, workPoolId: pool.id, workPoolName: pool.name }),
  );
};

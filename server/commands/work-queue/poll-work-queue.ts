import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import { markDeploymentsReady } from '#server/commands/deployment/mark-deployments-ready.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import { readPlannedRuns, readQueuedRuns } from '#server/db/sql/work-pool-poll.ts';
import { readWorkPoolOfQueue } from '#server/db/sql/work-pool-rows.ts';
import { readWorkQueueRow } from '#server/db/sql/work-queue-rows.ts';
import { countQueueSlots } from '#server/db/sql/work-queue-slots.ts';
import { type JsonObject, isJsonObject, json } from '#server/json.ts';
import { type FlowRunView, toFlowRunView } from '#server/queries/flow-run/flow-run-view.ts';
import {
  countLegacyQueueSlots,
  readLegacyQueueRuns,
} from '#server/queries/work-queue/legacy-queue-runs.ts';
import { type Micros, micros, nowMicros } from '#server/time.ts';

import { workQueueNotFound } from './not-found.ts';
import { recordWorkQueuePolls } from './record-polls.ts';

export interface QueuePoll {
  readonly id: string;
  readonly scheduledBefore?: Micros | undefined;
  readonly limit: number;
  /** Whether the call counts as a worker's. */
  readonly isNoted: boolean;
  /** Whether runs that their own process tries again are told too, which nobody else should start. */
  readonly hasOwnRetries?: boolean;
}

const FOREVER = micros(Number.MAX_SAFE_INTEGER);
const SINCE_EVER = micros(Number.MIN_SAFE_INTEGER);

interface Polled {
  readonly queue: WorkQueueRow;
  readonly pool: WorkPoolRow;
}

const freeOf = ({ queue }: Polled, held: number, limit: number): number =>
  Math.max(0, Math.min(limit, (queue.concurrencyLimit ?? Infinity) - held));

const queuedRuns = async (
  ctx: Context,
  polled: Polled,
  { scheduledBefore = FOREVER, limit, hasOwnRetries = false }: QueuePoll,
): Promise<readonly FlowRunView[]> => {
  const { queue, pool } = polled;
  const select = hasOwnRetries ? readPlannedRuns : readQueuedRuns;
  const found = await ctx.db.read(function* () {
    const slots = yield* one(countQueueSlots(json([queue.id])));
    const count = freeOf(polled, slots?.heldOrCancelling ?? 0, limit);
    const now = nowMicros();
    return yield* rows(select(queue.id, SINCE_EVER, scheduledBefore, now, now, 0, count));
  });
  return found.map((run) =>
    toFlowRunView({ ...run, workPoolId: pool.id, workPoolName: pool.name }),
  );
};

const chosenRuns = async (
  ctx: Context,
  polled: Polled & { readonly filter: JsonObject },
  { scheduledBefore, limit }: QueuePoll,
): Promise<readonly FlowRunView[]> => {
  const { queue, filter } = polled;
  const held = queue.concurrencyLimit === null ? 0 : await countLegacyQueueSlots(ctx, filter);
  return readLegacyQueueRuns(ctx, { filter, scheduledBefore, limit: freeOf(polled, held, limit) });
};

const runsOf = (ctx: Context, polled: Polled, poll: QueuePoll): Promise<readonly FlowRunView[]> => {
  const { isPaused, filter } = polled.queue;
  if (isPaused) return Promise.resolve([]);
  return isJsonObject(filter)
    ? chosenRuns(ctx, { ...polled, filter }, poll)
    : queuedRuns(ctx, polled, poll);
};

/**
 * The next runs of one queue, as many as its limit leaves room for: those that were put into it, or those that its
 * filter chooses when it is one of those of before there were pools. NOT_FOUND for an unknown queue.
 */
export const pollWorkQueue = async (
  ctx: Context,
  poll: QueuePoll,
): Promise<readonly FlowRunView[]> => {
  const { id } = poll;
  const polled = await ctx.db.read(function* () {
    const queue = yield* one(readWorkQueueRow(id));
    const pool = yield* one(readWorkPoolOfQueue(id));
    if (queue === null || pool === null) throw workQueueNotFound(id);
    return { queue, pool };
  });
  const runs = await runsOf(ctx, polled, poll);
  if (poll.isNoted) {
    await recordWorkQueuePolls(ctx, { pool: polled.pool, queues: [polled.queue] });
    await markDeploymentsReady(ctx, { workQueueIds: [id] });
  }
  return runs;
};

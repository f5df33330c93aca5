import type { WorkPoolRow, WorkQueueRow } from '#prisma/tables.ts';
import { markDeploymentsReady } from '#server/commands/deployment/mark-deployments-ready.ts';
import { workPoolNotFound, workPoolQueueNotFound } from '#server/commands/work-queue/not-found.ts';
import { recordWorkQueuePolls } from '#server/commands/work-queue/record-polls.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import { countLeasedFlowRuns } from '#server/db/sql/delivery-statements.ts';
import { readWorkPoolRowByName } from '#server/db/sql/read-entity.ts';
import { countPoolSlots, lockQueuedRuns, readQueuedRuns } from '#server/db/sql/work-pool-poll.ts';
import { listWorkQueuesOfPool } from '#server/db/sql/work-queue-rows.ts';
import { json } from '#server/json.ts';
import { type FlowRunView, toFlowRunView } from '#server/queries/flow-run/flow-run-view.ts';
import { type Micros, micros, nowMicros } from '#server/time.ts';

export interface Poll {
  readonly workPoolName: string;
  /** All queues of the pool when it is left out or empty. */
  readonly workQueueNames?: readonly string[] | undefined;
  readonly scheduledBefore?: Micros | undefined;
  readonly scheduledAfter?: Micros | undefined;
  readonly limit: number;
  /** Whether the runs are pushed to who waits for them, which is given up for runs that nobody takes. */
  readonly isPushed?: boolean;
  /** Whether the runs are kept until the end of the transaction, without those that others are just taking. */
  readonly isClaim?: boolean;
}

export interface QueuedRun {
  readonly workPoolId: string;
  readonly workQueueId: string;
  readonly flowRun: FlowRunView;
}

export interface Polled {
  readonly pool: WorkPoolRow;
  readonly queues: readonly WorkQueueRow[];
  readonly runs: readonly QueuedRun[];
}

/** Before and after every time that a run may have. */
const EVER = { after: micros(Number.MIN_SAFE_INTEGER), before: micros(Number.MAX_SAFE_INTEGER) };

const queuesNamed = (
  all: readonly WorkQueueRow[],
  { workPoolName, workQueueNames = [] }: Poll,
): readonly WorkQueueRow[] => {
  if (workQueueNames.length === 0) return all;
  const byName = new Map(all.map((queue) => [queue.name, queue]));
  for (const name of workQueueNames) {
    if (!byName.has(name)) throw workPoolQueueNotFound(workPoolName, name);
  }
  return all.filter(({ name }) => workQueueNames.includes(name));
};

/** Free slots: of the pool as a whole, and of a queue. */
interface Slots {
  readonly ofPool: number;
  readonly ofQueue: (queue: WorkQueueRow) => number;
}

function* freeSlots(pool: WorkPoolRow, queues: readonly WorkQueueRow[]): Script<Slots> {
  const isLimited =
    pool.concurrencyLimit !== null || queues.some((queue) => queue.concurrencyLimit !== null);
  const held = isLimited ? yield* rows(countPoolSlots(pool.id)) : [];
  const ids = json(queues.map(({ id }) => id));
  const leased = isLimited ? yield* rows(countLeasedFlowRuns(ids, nowMicros())) : [];
  const taken = new Map<string, number>();
  for (const { workQueueId, total } of [...held, ...leased])
    taken.set(workQueueId, (taken.get(workQueueId) ?? 0) + total);
  const all = [...taken.values()].reduce((sum, total) => sum + total, 0);
  const free = (limit: number | null, used: number): number =>
    limit === null ? Infinity : Math.max(0, limit - used);
  return {
    ofPool: free(pool.concurrencyLimit, all),
    ofQueue: ({ id, concurrencyLimit }) => free(concurrencyLimit, taken.get(id) ?? 0),
  };
}

function* queuedRuns(
  { pool, queues }: Omit<Polled, 'runs'>,
  poll: Poll,
): Script<readonly QueuedRun[]> {
  if (pool.isPaused) return [];
  const slots = yield* freeSlots(pool, queues);
  const found: QueuedRun[] = [];
  const select = poll.isClaim === true ? lockQueuedRuns : readQueuedRuns;
  let left = Math.min(poll.limit, slots.ofPool);
  for (const queue of queues) {
    const count = Math.min(left, slots.ofQueue(queue));
    if (queue.isPaused || count === 0) continue;
    const { scheduledAfter = EVER.after, scheduledBefore = EVER.before } = poll;
    const isPushed = poll.isPushed === true ? 1 : 0;
    const now = nowMicros();
    const runs = yield* rows(
      select(queue.id, scheduledAfter, scheduledBefore, now, now, isPushed, count),
    );
    left -= runs.length;
    for (const run of runs) {
      const flowRun = toFlowRunView({ ...run, workPoolId: pool.id, workPoolName: pool.name });
      found.push({ workPoolId: pool.id, workQueueId: queue.id, flowRun });
    }
  }
  return found;
}

/** What a poll would give, with the pool and the queues that it is of. NOT_FOUND for an unknown pool or queue. */
export function* readPoll(poll: Poll): Script<Polled> {
  const pool = yield* one(readWorkPoolRowByName(poll.workPoolName));
  if (pool === null) throw workPoolNotFound(poll.workPoolName);
  const queues = queuesNamed(yield* rows(listWorkQueuesOfPool(pool.id)), poll);
  return { pool, queues, runs: yield* queuedRuns({ pool, queues }, poll) };
}

/**
 * The runs that a worker of the pool should start: queues by priority, in each the soonest first, as many as the
 * limits of pool and queues leave room for. Notes the poll, which makes queues and deployments ready. NOT_FOUND for
 * an unknown pool or queue.
 */
export const getScheduledFlowRuns = async (
  ctx: Context,
  poll: Poll,
): Promise<readonly QueuedRun[]> => {
  const { pool, queues, runs } = await ctx.db.read(() => readPoll(poll));
  await recordWorkQueuePolls(ctx, { pool, queues });
  await markDeploymentsReady(ctx, { workQueueIds: queues.map(({ id }) => id) });
  return runs;
};

import type { Context } from '#server/context.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import {
  deleteDelivery,
  leaseNextDelivery,
  readWaitingQueues,
} from '#server/db/sql/delivery-statements.ts';
import { readTaskRunView } from '#server/db/sql/read-run-view.ts';
import { json } from '#server/json.ts';
import { type TaskRunView, toTaskRunView } from '#server/queries/task-run/task-run-view.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { type Lease, leaseOf, newLeaseToken } from './lease.ts';
import { type DeliveryRef, acknowledge } from './settle-delivery.ts';

export interface TaskRunClaim {
  /** The keys of the tasks that the holder can run. */
  readonly taskKeys: readonly string[];
  readonly holder: string;
  readonly leaseSeconds: number;
  /** The key that was served last: those after it have their turn first. */
  readonly lastKey: string | null;
  /** Whether the attempt counts towards the number after which a run is given up. */
  readonly isCounted: boolean;
}

export interface ClaimedTaskRun extends Lease {
  readonly taskKey: string;
  readonly taskRun: TaskRunView;
}

/** So many runs that are no longer to be done are cleared away in one transaction. */
const MAX_STALE = 100;

const inTurn = (waiting: readonly string[], { taskKeys, lastKey }: TaskRunClaim): string[] => {
  const start = lastKey === null ? 0 : taskKeys.indexOf(lastKey) + 1;
  const present = new Set(waiting);
  return [...taskKeys.slice(start), ...taskKeys.slice(0, start)].filter((key) => present.has(key));
};

/** What one look into the queues of some keys gave; `stale` when there was only what has to be cleared away. */
function* claimFirst(
  keys: readonly string[],
  { holder, leaseSeconds, isCounted }: TaskRunClaim,
): Script<ClaimedTaskRun | 'none' | 'stale'> {
  let stale = 0;
  for (const key of keys) {
    for (;;) {
      const now = nowMicros();
      const ends = addSeconds(now, leaseSeconds);
      const counted = isCounted ? 1 : 0;
      const row = yield* one(
        leaseNextDelivery(holder, newLeaseToken(), ends, now, counted, 'TASK_RUN', key, now),
      );
      if (row === null) break;
      const view = yield* one(readTaskRunView(row.key));
      if (view?.stateType === 'SCHEDULED')
        return { ...leaseOf(row), taskKey: key, taskRun: toTaskRunView(view) };
      yield* run(deleteDelivery(row.id));
      stale += 1;
      if (stale === MAX_STALE) return 'stale';
    }
  }
  return 'none';
}

/** Looks into the queues within the transaction. */
function* claimNow(claim: TaskRunClaim): Script<ClaimedTaskRun | 'none' | 'stale'> {
  const asked = readWaitingQueues(json(claim.taskKeys), 'TASK_RUN', nowMicros());
  const waiting = yield* rows(asked);
  const keys = waiting.map(({ queue }) => queue);
  return yield* claimFirst(inTurn(keys, claim), claim);
}

/**
 * Hands out one scheduled background run: retries first, then by age, the tasks by turns. Nobody else gets it while
 * the lease lasts. Null when none waits.
 */
export const claimTaskRun = async (
  ctx: Context,
  claim: TaskRunClaim,
): Promise<ClaimedTaskRun | null> => {
  for (;;) {
    const asked = readWaitingQueues(json(claim.taskKeys), 'TASK_RUN', nowMicros());
    // oxlint-disable-next-line no-await-in-loop -- looks again after what was no longer to be done is gone
    const waiting = await ctx.db.read(() => rows(asked));
    if (waiting.length === 0) return null;
    const keys = inTurn(
      waiting.map(({ queue }) => queue),
      claim,
    );
    // oxlint-disable-next-line no-await-in-loop -- as above
    const claimed = await ctx.db.write(() => claimFirst(keys, claim));
    if (claimed === 'none') return null;
    if (claimed !== 'stale') return claimed;
  }
};

/** Takes note that a run was taken up and hands out the next one, in one transaction. */
export const ackAndClaimTaskRun = async (
  ctx: Context,
  acknowledged: DeliveryRef,
  claim: TaskRunClaim,
): Promise<ClaimedTaskRun | null> => {
  const claimed = await ctx.db.write(function* () {
    yield* acknowledge(ctx, acknowledged);
    return yield* claimNow(claim);
  });
  if (claimed === 'none') return null;
  return claimed === 'stale' ? claimTaskRun(ctx, claim) : claimed;
};

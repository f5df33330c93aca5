import { type Script, one, rows } from '#server/db/script.ts';
import { readLimit } from '#server/db/sql/concurrency-limit-rows.ts';
import { readLimitsByName } from '#server/db/sql/concurrency-slots.ts';
import { countLeasedFlowRuns } from '#server/db/sql/delivery-statements.ts';
import {
  type HoldingRun,
  type Surroundings,
  readDeploymentHolders,
  readPendingTaskRuns,
  readPoolHolders,
  readQueueHolders,
  readTaskRunsHolding,
} from '#server/db/sql/waiting-statements.ts';
import { countPoolSlots } from '#server/db/sql/work-pool-poll.ts';
import { json } from '#server/json.ts';
import { activeSlotsAt, tagLimitName, tagOfLimit } from '#server/orchestration/concurrency.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import { type WaitingHolder, type WaitingReason, type WaitingSubject, reason } from './reason.ts';

const MOST_HOLDERS = 10;
const LOOKED_AT_TASK_RUNS = 50;

/** A run that waits in a queue. */
export interface QueuedRun {
  readonly pool: WaitingSubject;
  readonly queue: WaitingSubject;
}

const heldBy =
  (type: WaitingHolder['type']) =>
  ({ id, name, stateType }: HoldingRun): WaitingHolder => ({ type, id, name, stateType });

/** What is said of slots that are all taken. */
export const taken = (whose: string, active: number, limit: number): string =>
  limit === 0
    ? `${whose} admits no runs: its concurrency limit is 0.`
    : `${active} of ${limit} ${limit === 1 ? 'slot' : 'slots'} of ${whose} ${active === 1 ? 'is' : 'are'} taken.`;

function* heldInPool({ pool, queue }: QueuedRun): Script<{ pool: number; queue: number }> {
  const held = yield* rows(countPoolSlots(pool.id));
  const queues = [...new Set([queue.id, ...held.map(({ workQueueId }) => workQueueId)])];
  const leased = yield* rows(countLeasedFlowRuns(json(queues), nowMicros()));
  const counts = [...held, ...leased];
  const sum = (of: typeof counts): number => of.reduce((total, count) => total + count.total, 0);
  return {
    pool: sum(counts),
    queue: sum(counts.filter(({ workQueueId }) => workQueueId === queue.id)),
  };
}

/** The limits of the pool and of the queue, as the poll of a worker applies them. */
export function* queueSlotReasons(
  run: QueuedRun,
  { poolLimit, queueLimit }: Surroundings,
): Script<readonly WaitingReason[]> {
  if (poolLimit === null && queueLimit === null) return [];
  const { pool, queue } = run;
  const held = yield* heldInPool(run);
  const found: WaitingReason[] = [];
  if (poolLimit !== null && held.pool >= poolLimit) {
    const holders = (yield* rows(readPoolHolders(pool.id, MOST_HOLDERS))).map(heldBy('flow-run'));
    const message = taken(`work pool "${pool.name}"`, held.pool, poolLimit);
    const about = { subject: pool, limit: poolLimit, activeSlots: held.pool, holders };
    found.push(reason('POOL_LIMIT', message, about));
  }
  if (queueLimit !== null && held.queue >= queueLimit) {
    const holders = (yield* rows(readQueueHolders(queue.id, MOST_HOLDERS))).map(heldBy('flow-run'));
    const message = taken(`work queue "${queue.name}"`, held.queue, queueLimit);
    const about = { subject: queue, limit: queueLimit, activeSlots: held.queue, holders };
    found.push(reason('QUEUE_LIMIT', message, about));
  }
  return found;
}

/** The limit of the deployment that a run was made from. */
export function* deploymentSlotReasons(
  deployment: WaitingSubject,
  limitId: string | null,
  now: Micros,
): Script<readonly WaitingReason[]> {
  const limit = limitId === null ? null : yield* one(readLimit(now, limitId));
  if (limit === null) return [];
  const activeSlots = activeSlotsAt(limit, now);
  if (activeSlots < limit.limit) return [];
  const holders = yield* rows(readDeploymentHolders(deployment.id, MOST_HOLDERS));
  return [
    reason('DEPLOYMENT_LIMIT', taken(`deployment "${deployment.name}"`, activeSlots, limit.limit), {
      subject: deployment,
      limit: limit.limit,
      activeSlots,
      holders: holders.map(heldBy('flow-run')),
    }),
  ];
}

/** The full limits on tags that task runs of a running flow run wait for. */
export function* tagSlotReasons(flowRunId: string, now: Micros): Script<readonly WaitingReason[]> {
  const pending = yield* rows(readPendingTaskRuns(flowRunId, LOOKED_AT_TASK_RUNS));
  const names = [...new Set(pending.flatMap(({ tags }) => tags))].map(tagLimitName);
  const limits = names.length === 0 ? [] : yield* rows(readLimitsByName(now, json(names)));
  const found: WaitingReason[] = [];
  for (const limit of limits) {
    const activeSlots = activeSlotsAt(limit, now);
    if (!limit.active || activeSlots < limit.limit) continue;
    const tag = tagOfLimit(limit.name);
    const holders = yield* rows(readTaskRunsHolding(limit.id, MOST_HOLDERS));
    found.push(
      reason('TAG_LIMIT', taken(`tag "${tag}"`, activeSlots, limit.limit), {
        subject: { type: 'concurrency-limit', id: limit.id, name: limit.name },
        limit: limit.limit,
        activeSlots,
        holders: holders.map(heldBy('task-run')),
      }),
    );
  }
  return found;
}

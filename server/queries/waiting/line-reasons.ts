import type { WorkerRow } from '#prisma/tables.ts';
import { onlineSince, workerStatus } from '#server/commands/worker/worker-status.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import {
  type Surroundings,
  countRunsBefore,
  countRunsOfEarlierQueues,
  readFlowRunDelivery,
  readLatestWorkers,
} from '#server/db/sql/waiting-statements.ts';
import { type Micros, micros } from '#server/time.ts';

import { type WaitingReason, type WaitingSubject, reason, when } from './reason.ts';
import type { QueuedRun } from './slot-reasons.ts';

/** A count of who comes before stops here. */
const MOST_IN_LINE = 1000;
const LOOKED_AT_WORKERS = 100;
/** Types whose runs are started by Prefect Cloud, not by workers. */
const SERVED_BY_CLOUD = /:(?:push|managed)$/u;

/** What keeps the workers of a pool from taking anything. */
export const pauseReasons = (
  { pool, queue }: QueuedRun,
  { poolPaused, queuePaused, poolType }: Surroundings,
): readonly WaitingReason[] => [
  ...when(poolPaused === true, () =>
    reason('POOL_PAUSED', `Work pool "${pool.name}" is paused.`, { subject: pool }),
  ),
  ...when(queuePaused === true, () =>
    reason('QUEUE_PAUSED', `Work queue "${queue.name}" is paused.`, { subject: queue }),
  ),
  ...when(SERVED_BY_CLOUD.test(poolType ?? ''), () =>
    reason('UNSERVED_POOL_TYPE', `No worker serves work pools of type "${poolType}".`, {
      subject: pool,
    }),
  ),
];

/** Workers that are all made for pools of other types. Those that have not told their type may be the right ones. */
const mismatchReasons = (
  { pool, poolType }: { readonly pool: WaitingSubject; readonly poolType: string | null },
  online: readonly WorkerRow[],
): readonly WaitingReason[] => {
  const told = online.flatMap(({ name, type }) => (type === null ? [] : [{ name, type }]));
  const [first] = told;
  const isMatched = told.length < online.length || told.some(({ type }) => type === poolType);
  if (first === undefined || isMatched) return [];
  const others = [...new Set(told.map(({ type }) => `"${type}"`))].toSorted().join(', ');
  const there =
    told.length === 1
      ? `its only online worker "${first.name}" is made for type ${others}`
      : `its ${told.length} online workers are made for ${others}`;
  const message = `Work pool "${pool.name}" is of type "${poolType}", but ${there}.`;
  return [reason('NO_MATCHING_WORKER', message, { subject: pool })];
};

/** Whether any worker of the pool is there, and is made for it. */
export function* workerReasons(
  ctx: Context,
  { pool, poolType }: Pick<QueuedRun, 'pool'> & Pick<Surroundings, 'poolType'>,
  now: Micros,
): Script<readonly WaitingReason[]> {
  const workers = yield* rows(readLatestWorkers(pool.id, LOOKED_AT_WORKERS));
  const rule = onlineSince(ctx.settings);
  const online = workers.filter((worker) => workerStatus(worker, { rule, now }) === 'ONLINE');
  if (online.length > 0) return mismatchReasons({ pool, poolType }, online);
  const [latest] = workers;
  const message = latest
    ? `No worker of work pool "${pool.name}" is online; "${latest.name}" was the last.`
    : `No worker was ever started for work pool "${pool.name}".`;
  const lastSeen = latest === undefined ? null : micros(latest.lastHeartbeatTime);
  return [reason('NO_WORKER', message, { subject: pool, lastSeen })];
}

/** Whether somebody holds the run already, or gave it back too often. */
export function* deliveryReasons(flowRunId: string, now: Micros): Script<readonly WaitingReason[]> {
  const delivery = yield* one(readFlowRunDelivery(flowRunId));
  if (delivery === null) return [];
  const until = delivery.leaseExpires === null ? null : micros(delivery.leaseExpires);
  if (delivery.status === 'LEASED' && until !== null && until > now) {
    const holder = delivery.holder ?? 'somebody';
    return [
      reason('HANDED_OUT', `It was handed to ${holder}, who has not started it yet.`, { until }),
    ];
  }
  if (delivery.status !== 'DEAD') return [];
  const message = `It was taken and given back ${delivery.deliveryCount} times; only workers that poll are offered it now.`;
  return [reason('GIVEN_UP', message)];
}

/** The place of a due run among those that are due in its pool: queues by priority, in each the soonest first. */
export function* placeReasons(
  { pool, queue, due }: QueuedRun & { readonly due: Micros },
  { queuePriority }: Surroundings,
  now: Micros,
): Script<readonly WaitingReason[]> {
  const own = yield* one(countRunsBefore(queue.id, due, MOST_IN_LINE));
  const earlier = yield* one(
    countRunsOfEarlierQueues(pool.id, queuePriority ?? 1, now, MOST_IN_LINE),
  );
  const counts = [own?.total ?? 0, earlier?.total ?? 0] as const;
  const place = counts[0] + counts[1] + 1;
  const isPlaceAtLeast = counts.includes(MOST_IN_LINE);
  const message =
    place === 1
      ? 'No other due run comes before it.'
      : `${isPlaceAtLeast ? 'At least ' : ''}${place - 1} due ${place === 2 ? 'run comes' : 'runs come'} before it.`;
  return [reason('IN_LINE', message, { subject: queue, place, isPlaceAtLeast })];
}

import { type Script, one, rows } from '#server/db/script.ts';
import { readLimit } from '#server/db/sql/concurrency-limit-rows.ts';
import {
  type WaiterOfRun,
  countEarlierWaiters,
  countRunningOfFlow,
  readHoldersOfLimit,
  readWaitersOfFlow,
  readWaitersOfFlowRun,
} from '#server/db/sql/concurrency-waiter.ts';
import { activeSlotsAt, isTagLimit } from '#server/orchestration/concurrency.ts';
import type { Micros } from '#server/time.ts';

import { type WaitingReason, reason } from './reason.ts';
import { taken } from './slot-reasons.ts';

const MOST_WAITERS = 50;
const MOST_HOLDERS = 10;
/** A count of who comes before stops here. */
const MOST_IN_LINE = 1000;

const inLine = (before: number): string => {
  if (before === 0) return 'It is next.';
  const others = before === 1 ? 'Another one waits' : `${before} others wait`;
  return `${before === MOST_IN_LINE ? 'At least ' : ''}${others} before it.`;
};

function* limitReason(
  waiter: WaiterOfRun,
  now: Micros,
  doubt = '',
): Script<readonly WaitingReason[]> {
  const { limitId: id, limitName: name, limit, since } = waiter;
  const row = yield* one(readLimit(now, id));
  if (row === null) return [];
  const activeSlots = activeSlotsAt(row, now);
  const earlier = yield* one(countEarlierWaiters(id, since, now, MOST_IN_LINE));
  const before = earlier?.total ?? 0;
  const whose = `concurrency limit "${name}"`;
  return [
    reason('CONCURRENCY_LIMIT', `${taken(whose, activeSlots, limit)} ${inLine(before)}${doubt}`, {
      subject: { type: 'concurrency-limit', id, name },
      since,
      limit,
      activeSlots,
      holders: yield* rows(readHoldersOfLimit(id, id, MOST_HOLDERS)),
      place: before + 1,
      isPlaceAtLeast: before === MOST_IN_LINE,
    }),
  ];
}

/** The first waiter of each limit; what task runs wait for by their tags is told by the tags. */
const firstOfEach = (waiters: readonly WaiterOfRun[]): ReadonlyMap<string, WaiterOfRun> => {
  const first = new Map<string, WaiterOfRun>();
  for (const waiter of waiters) {
    if (isTagLimit({ name: waiter.limitName }) || first.has(waiter.limitId)) continue;
    first.set(waiter.limitId, waiter);
  }
  return first;
};

/**
 * The limits by name of which a running flow run or its task runs wait for slots. Where only the flow of who waits is
 * known and several of its runs are running, that is said.
 */
export function* limitReasons(
  { id, flowId }: { readonly id: string; readonly flowId: string },
  now: Micros,
): Script<readonly WaitingReason[]> {
  const own = firstOfEach(yield* rows(readWaitersOfFlowRun(id, now, id, now, MOST_WAITERS)));
  const ofFlow = firstOfEach(yield* rows(readWaitersOfFlow(flowId, now, MOST_WAITERS)));
  const found: WaitingReason[] = [];
  for (const waiter of own.values()) found.push(...(yield* limitReason(waiter, now)));
  if (ofFlow.size === 0) return found;
  const running = yield* one(countRunningOfFlow(flowId, 2));
  const doubt = (running?.total ?? 0) > 1 ? ' It may be another run of the flow that waits.' : '';
  for (const [limitId, waiter] of ofFlow) {
    if (own.has(limitId)) continue;
    // Who does not tell which run it is stands in line anew whenever it asks: that is no time since when it waits.
    for (const told of yield* limitReason(waiter, now, doubt)) found.push({ ...told, since: null });
  }
  return found;
}

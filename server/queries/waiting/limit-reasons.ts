import { type Script, one, rows } from '#server/db/script.ts';
import { readLimit } from '#server/db/sql/concurrency-limit-rows.ts';
import {
  type WaiterOfRun,
  countEarlierWaiters,
  readHoldersOfLimit,
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

function* limitReason(waiter: WaiterOfRun, now: Micros): Script<readonly WaitingReason[]> {
  const { limitId: id, limitName: name, limit, since } = waiter;
  const row = yield* one(readLimit(now, id));
  if (row === null) return [];
  const activeSlots = activeSlotsAt(row, now);
  const earlier = yield* one(countEarlierWaiters(id, since, now, MOST_IN_LINE));
  const before = earlier?.total ?? 0;
  const whose = `concurrency limit "${name}"`;
  return [
    reason('CONCURRENCY_LIMIT', `${taken(whose, activeSlots, limit)} ${inLine(before)}`, {
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

/** The limits by name of which a running flow run or its task runs wait for slots, as they have told. */
export function* limitReasons(flowRunId: string, now: Micros): Script<readonly WaitingReason[]> {
  const waiters = yield* rows(readWaitersOfFlowRun(flowRunId, now, flowRunId, now, MOST_WAITERS));
  const first = new Map<string, WaiterOfRun>();
  for (const waiter of waiters) {
    // What task runs wait for by their tags is told by the tags.
    if (isTagLimit({ name: waiter.limitName }) || first.has(waiter.limitId)) continue;
    first.set(waiter.limitId, waiter);
  }
  const found: WaitingReason[] = [];
  for (const waiter of first.values()) found.push(...(yield* limitReason(waiter, now)));
  return found;
}

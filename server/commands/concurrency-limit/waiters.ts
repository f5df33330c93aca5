import type { Context } from '#server/context.ts';
import { type Script, announce, rows, run } from '#server/db/script.ts';
import {
  deleteExpiredWaiters,
  deleteWaiter,
  deleteWaitersOfCaller,
  expectWaiter,
  insertWaiter,
  readEarlierWaiters,
} from '#server/db/sql/concurrency-waiter.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

/** For how long a caller that was told to ask again keeps its place. */
const EXPECTED_SECONDS = 60;
/** A row outlives the request that it stands for by this, so that only those of dead processes expire. */
const MARGIN_SECONDS = 2;

/** The topic of those who wait for slots of a limit. The journal does not tell of them: they come and go with each call. */
export const CONCURRENCY_WAITER = 'concurrency-waiter';

/** Wakes those who look at who waits for slots of limits. */
export function* announceWaiters(limitIds: readonly string[]): Script<void> {
  for (const limitId of limitIds) yield* announce(CONCURRENCY_WAITER, limitId);
}

/** Somebody who has found no slot and waits in a line. */
export interface Waiter {
  readonly limitIds: readonly string[];
  readonly slots: number;
  /** The line of the process that holds the request. */
  readonly line: string;
  /** By what its caller is known when it asks again; null when it would not be. */
  readonly caller: string | null;
  readonly holder: { readonly type: string; readonly id: string } | null;
  /** The flow that its caller works for, as far as that is known. */
  readonly flowId: string | null;
}

/** A place in line: who came earlier is served before. */
export interface Place {
  readonly waiterId: string;
  readonly since: Micros;
}

/** Notes that somebody waits, for at most so long; one that comes back gets the place that it had. */
export const enterLine = (ctx: Context, waiter: Waiter, seconds: number): Promise<Place> =>
  ctx.db.write(function* () {
    const { limitIds, caller, holder, flowId, slots, line } = waiter;
    const now = nowMicros();
    const before = caller === null ? [] : yield* rows(deleteWaitersOfCaller(caller));
    const [known] = before.filter(({ expires }) => expires > now);
    const place = { waiterId: newId(), since: known?.created ?? now };
    for (const limitId of limitIds) {
      yield* run(
        insertWaiter({
          limitId,
          id: place.waiterId,
          created: place.since,
          slots,
          isHeld: true,
          expires: addSeconds(now, seconds + MARGIN_SECONDS),
          line,
          caller,
          holderType: holder?.type ?? null,
          holderId: holder?.id ?? null,
          flowId,
        }),
      );
    }
    yield* announceWaiters(limitIds);
    return place;
  });

/** Notes that somebody waits no longer. */
export const leaveLine = (waiterId: string): Script<void> => run(deleteWaiter(waiterId));

/** Notes that somebody was told to ask again after so many seconds. */
export const stepAside = (waiterId: string, seconds: number): Script<void> =>
  run(expectWaiter(addSeconds(nowMicros(), seconds + EXPECTED_SECONDS), waiterId));

/** How many slots of each limit those want in the lines of other processes who came before an instant. */
export function* slotsWantedEarlier(
  ctx: Context,
  { limitIds, line, since, most }: SlotsWanted,
): Script<ReadonlyMap<string, number>> {
  const wanted = new Map<string, number>();
  // Where there is one writer there is one process, whose line is in order by itself.
  if (!ctx.db.dialect.hasConcurrentWriters || most <= 0) return wanted;
  const now = nowMicros();
  const earlier = yield* rows(readEarlierWaiters(json(limitIds), since, now, line, most));
  for (const { limitId, slots } of earlier) wanted.set(limitId, (wanted.get(limitId) ?? 0) + slots);
  return wanted;
}

interface SlotsWanted {
  readonly limitIds: readonly string[];
  readonly line: string;
  readonly since: Micros;
  /** No more waiters than this are looked at. */
  readonly most: number;
}

/** Forgets those who were expected back and did not come, and those of processes that died; tells how many. */
export const forgetWaiters = (ctx: Context): Promise<number> =>
  ctx.db.write(function* () {
    return (yield* rows(deleteExpiredWaiters(nowMicros()))).length;
  });

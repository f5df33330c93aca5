import type { ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import { lockExpiredLeases, readLease, renewLease } from '#server/db/sql/concurrency-lease.ts';
import { setLimitOccupancy } from '#server/db/sql/concurrency-limit-rows.ts';
import {
  type HeldLimitRow,
  readLimitsByName,
  setLimitSlots,
} from '#server/db/sql/concurrency-slots.ts';
import { ServerError } from '#server/errors.ts';
import { json, stringList } from '#server/json.ts';
import {
  deniedSlotsAt,
  freeUnleased,
  keepLimits,
  keepLimitsByName,
  takeUnleased,
  unleasedSlotsAt,
} from '#server/orchestration/concurrency.ts';
import { findFullLimits, freeLease, grantLease } from '#server/orchestration/leases.ts';
import { addSeconds, nowMicros, secondsBetween } from '#server/time.ts';

import { retryAfterSeconds } from './retry-after.ts';
import { leaveLine, slotsWantedEarlier } from './waiters.ts';

export interface AskedSlots {
  /** Names without a limit are no hindrance. */
  readonly names: readonly string[];
  readonly slots: number;
  /** `rate_limit` asks for limits whose slots free themselves. */
  readonly mode: 'concurrency' | 'rate_limit';
  /** The flow that their caller works for, as far as that is known. */
  readonly flowId?: string | null;
  /** Where its caller is kept waiting if there are too few; without it a refusal is final. */
  readonly standing?: Standing;
}

/** The line that somebody stands in, or would have to. */
export interface Standing {
  readonly line: string;
  /** Null before it stands there. */
  readonly waiterId: string | null;
}

export interface LeaseTerms {
  readonly seconds: number;
  readonly holder: { readonly type: string; readonly id: string } | null;
}

/** What became of a wish for slots. */
export type SlotsOutcome =
  | {
      readonly isTaken: true;
      readonly limits: readonly ConcurrencyLimitV2Row[];
      readonly leaseId: string | null;
    }
  | {
      readonly isTaken: false;
      /** Those that had too few slots left. */
      readonly full: readonly HeldLimitRow[];
      /** All that were asked for slots. */
      readonly limitIds: readonly string[];
      readonly retryAfterSeconds: number;
    };

const MINIMUM_OCCUPANCY_SECONDS = 0.1;
/** The mean of how long slots are held follows this many samples a slot. */
const SAMPLES_PER_SLOT = 2;
const EXPIRED_AT_ONCE = 100;

const requireFitting = (
  limits: readonly ConcurrencyLimitV2Row[],
  { slots, mode }: AskedSlots,
): void => {
  if (limits.some(({ limit }) => limit < slots)) {
    throw new ServerError('INVALID', 'Slots requested is greater than the limit');
  }
  const lasting = limits.filter(({ slotDecayPerSecond }) => slotDecayPerSecond === 0);
  if (mode !== 'rate_limit' || lasting.length === 0) return;
  const names = lasting
    .map(({ name }) => name)
    .toSorted()
    .join(',');
  throw new ServerError(
    'INVALID',
    `Only concurrency limits with slot decay can be used for rate limiting. The following limits do not have a decay configured: '${names}'`,
  );
};

function* noteRefusal(
  ctx: Context,
  limits: readonly ConcurrencyLimitV2Row[],
  slots: number,
): Script<void> {
  const now = nowMicros();
  for (const limit of limits) {
    const denied = deniedSlotsAt(ctx, limit, now) + slots;
    yield* run(setLimitSlots(unleasedSlotsAt(limit, now), denied, now, limit.id));
  }
}

type Refused = SlotsOutcome & { readonly isTaken: false };

const refusalOf = (
  ctx: Context,
  limits: readonly HeldLimitRow[],
  { full, slots }: { readonly full: readonly HeldLimitRow[]; readonly slots: number },
): Refused => ({
  isTaken: false,
  full,
  limitIds: limits.map(({ id }) => id),
  retryAfterSeconds: retryAfterSeconds(ctx, limits, slots),
});

/**
 * What somebody is told who is behind others that wait for slots of the named limits, without a write: null when none
 * of them bounds anything. INVALID when a limit could never give so many.
 */
export const lookBehindOthers = (ctx: Context, asked: AskedSlots): Promise<Refused | null> =>
  ctx.db.read(function* (): Script<Refused | null> {
    const limits = yield* rows(readLimitsByName(nowMicros(), json(asked.names)));
    const active = limits.filter((limit) => limit.active);
    requireFitting(active, asked);
    return active.length === 0
      ? null
      : refusalOf(ctx, active, { full: active, slots: asked.slots });
  });

/** Counts a refusal, by which later callers are told how long to wait. */
export function* countRefusal(
  ctx: Context,
  { names, slots }: Pick<AskedSlots, 'names' | 'slots'>,
): Script<void> {
  const limits = yield* keepLimitsByName(names);
  yield* noteRefusal(
    ctx,
    limits.filter((limit) => limit.active),
    slots,
  );
}

/** Whether somebody who comes anew has to stand behind those who wait in other processes. */
export function* isToQueue(
  ctx: Context,
  limits: readonly HeldLimitRow[],
  standing: Standing | undefined,
): Script<boolean> {
  if (standing === undefined || standing.waiterId !== null || limits.length === 0) return false;
  const limitIds = limits.map(({ id }) => id);
  const { line } = standing;
  const wanted = yield* slotsWantedEarlier(ctx, { limitIds, line, since: nowMicros(), most: 1 });
  return wanted.size > 0;
}

/** Takes slots of all named limits or of none. INVALID when a limit could never give so many. */
export const takeConcurrencySlots = (
  ctx: Context,
  asked: AskedSlots,
  lease: LeaseTerms | null = null,
): Promise<SlotsOutcome> =>
  ctx.db.write(function* (): Script<SlotsOutcome> {
    const { names, slots, standing, flowId = null } = asked;
    const limits = yield* keepLimitsByName(names);
    // A limit that was switched off gives nothing, so nothing of it is to be given back.
    const active = limits.filter((limit) => limit.active);
    requireFitting(active, asked);
    const full = yield* findFullLimits(ctx, active, slots);
    if (full.length > 0) {
      if (standing === undefined) yield* noteRefusal(ctx, active, slots);
      return refusalOf(ctx, active, { full, slots });
    }
    if (yield* isToQueue(ctx, active, standing))
      return refusalOf(ctx, active, { full: active, slots });
    if (standing?.waiterId != null) yield* leaveLine(standing.waiterId);
    if (lease !== null) {
      return {
        isTaken: true,
        limits,
        leaseId: yield* grantLease(ctx, active, { ...lease, slots, flowId }),
      };
    }
    yield* takeUnleased(ctx, active, slots);
    return { isTaken: true, limits, leaseId: null };
  });

/** Lets the limits learn for how long slots are held. */
function* noteOccupancy(
  limits: readonly ConcurrencyLimitV2Row[],
  slots: number,
  seconds: number,
): Script<void> {
  const sample = Math.max(MINIMUM_OCCUPANCY_SECONDS, seconds / Math.max(1, slots));
  for (const { id, limit, avgSlotOccupancySeconds: mean } of limits) {
    if (limit === 0) continue;
    yield* run(setLimitOccupancy(mean + (sample - mean) / (limit * SAMPLES_PER_SLOT), id));
  }
}

/** Gives slots of the named limits back and gives those that there are. */
export const freeConcurrencySlots = (
  ctx: Context,
  {
    names,
    slots,
    occupancySeconds,
  }: {
    readonly names: readonly string[];
    readonly slots: number;
    readonly occupancySeconds: number | null;
  },
): Promise<readonly ConcurrencyLimitV2Row[]> =>
  ctx.db.write(function* () {
    const limits = yield* keepLimitsByName(names);
    const active = limits.filter((limit) => limit.active);
    yield* freeUnleased(
      ctx,
      active.map(({ id }) => id),
      slots,
    );
    if (occupancySeconds !== null) yield* noteOccupancy(active, slots, occupancySeconds);
    return limits;
  });

/** Gives back what a lease holds; false when it is gone and has nothing to give back. */
export const freeConcurrencyLease = (ctx: Context, leaseId: string): Promise<boolean> =>
  ctx.db.write(function* () {
    const lease = yield* one(readLease(leaseId));
    if (lease === null) return false;
    // Limits are kept before their leases, as by whoever empties one: else the two would wait for each other.
    const limits = yield* keepLimits(stringList(lease.limitIds));
    if (!(yield* freeLease(ctx, leaseId))) return false;
    yield* noteOccupancy(limits, lease.slots, secondsBetween(lease.created, nowMicros()));
    return true;
  });

/** Puts off the end of a lease; false when it is gone. */
export const renewConcurrencyLease = (
  ctx: Context,
  { leaseId, seconds }: { readonly leaseId: string; readonly seconds: number },
): Promise<boolean> =>
  ctx.db.write(function* () {
    return (yield* one(renewLease(addSeconds(nowMicros(), seconds), leaseId))) !== null;
  });

/** Gives back what leases hold whose holders have not renewed them, and tells how many there were. */
export const freeExpiredLeases = (ctx: Context): Promise<number> =>
  ctx.db.write(function* () {
    const expired = yield* rows(lockExpiredLeases(nowMicros(), EXPIRED_AT_ONCE));
    for (const { id } of expired) yield* freeLease(ctx, id);
    return expired.length;
  });

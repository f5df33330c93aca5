import { type Script, one, rows, run } from '#server/db/script.ts';
import {
  deleteLease,
  insertHeldLimit,
  insertLease,
  lockExpiredLeasesOf,
  lockLease,
  readHeldLimits,
} from '#server/db/sql/concurrency-lease.ts';
import type { HeldLimitRow } from '#server/db/sql/concurrency-slots.ts';
import { newId } from '#server/ids.ts';
import { json, stringList } from '#server/json.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

import { freeUnleased, fullLimits, keepLimits, noteSlots, takeUnleased } from './concurrency.ts';
import { rouseWaitingRuns } from './rouse-waiting-runs.ts';
import type { OrchestrationContext } from './rule.ts';

type SettingsContext = Pick<OrchestrationContext, 'settings'>;

/** Somebody who gives slots back without ever renewing a lease on them has them for as long as that takes. */
export const UNENDING_SECONDS = 100 * 365 * 86_400;

export interface LeaseTerms {
  readonly slots: number;
  readonly seconds: number;
  readonly holder?: { readonly type: string; readonly id: string } | null;
  /** The flow that the one who takes them works for, as far as that is known. */
  readonly flowId?: string | null;
}

const isLasting = ({ slotDecayPerSecond }: HeldLimitRow): boolean => slotDecayPerSecond === 0;

/**
 * Takes slots of limits, which the transaction keeps and which have room, for as long as somebody renews the lease that
 * it gives. The slots of a lease are there by its being there; those of a limit of rate free themselves all the same,
 * so they are counted as if nobody leased them.
 */
export function* grantLease(
  ctx: SettingsContext,
  limits: readonly HeldLimitRow[],
  { slots, seconds, holder = null, flowId = null }: LeaseTerms,
): Script<string> {
  const id = newId();
  const created = nowMicros();
  yield* run(
    insertLease({
      id,
      created,
      expiration: addSeconds(created, seconds),
      limitIds: limits.map((limit) => limit.id),
      slots,
      holderType: holder?.type ?? null,
      holderId: holder?.id ?? null,
      flowId,
    }),
  );
  for (const limit of limits.filter(isLasting)) {
    yield* run(insertHeldLimit(limit.id, id));
    yield* noteSlots(limit.id);
  }
  yield* takeUnleased(
    ctx,
    limits.filter((limit) => !isLasting(limit)),
    slots,
  );
  return id;
}

/** Gives back what a lease holds; false when it is gone and has nothing to give back. */
export function* freeLease(ctx: SettingsContext, leaseId: string): Script<boolean> {
  const lease = yield* one(lockLease(leaseId));
  if (lease === null) return false;
  const held = new Set((yield* rows(readHeldLimits(leaseId))).map(({ limitId }) => limitId));
  yield* run(deleteLease(leaseId));
  for (const limitId of held) {
    yield* noteSlots(limitId);
    yield* rouseWaitingRuns(limitId, lease.slots);
  }
  const others = stringList(lease.limitIds).filter((limitId) => !held.has(limitId));
  yield* freeUnleased(ctx, others, lease.slots);
  return true;
}

/** The limits that have too few slots left, once the leases on them that have expired are gone. */
export function* findFullLimits(
  ctx: SettingsContext,
  limits: readonly HeldLimitRow[],
  slots: number,
): Script<readonly HeldLimitRow[]> {
  const full = fullLimits(limits, slots, nowMicros());
  if (full.every(({ leasedSlots }) => leasedSlots === 0)) return full;
  const ids = full.map(({ id }) => id);
  const expired = yield* rows(lockExpiredLeasesOf(nowMicros(), json(ids)));
  if (expired.length === 0) return full;
  for (const { id } of expired) yield* freeLease(ctx, id);
  return fullLimits(yield* keepLimits(ids), slots, nowMicros());
}

/** Leases a slot of one limit; null when it has none to give, is switched off or gone. */
export function* leaseSlot(
  ctx: SettingsContext,
  limitId: string,
  terms: Omit<LeaseTerms, 'slots'>,
): Script<string | null> {
  const [limit] = yield* keepLimits([limitId]);
  if (limit === undefined || !limit.active) return null;
  if ((yield* findFullLimits(ctx, [limit], 1)).length > 0) return null;
  return yield* grantLease(ctx, [limit], { ...terms, slots: 1 });
}

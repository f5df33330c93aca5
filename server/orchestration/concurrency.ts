import type { ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import { deleteLease, insertLease, lockLease } from '#server/db/sql/concurrency-lease.ts';
import { lockLimits, setLimitSlots } from '#server/db/sql/concurrency-slots.ts';
import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { json, stringList } from '#server/json.ts';
import { type Micros, addSeconds, nowMicros, secondsBetween } from '#server/time.ts';

import type { OrchestrationContext } from './rule.ts';

type SettingsContext = Pick<OrchestrationContext, 'settings'>;

const MINIMUM_OCCUPANCY_SECONDS = 0.1;
const TAG_PREFIX = 'tag:';

/** The name of the limit on task runs with a tag. */
export const tagLimitName = (tag: string): string => `${TAG_PREFIX}${tag}`;

/** The tag that a limit is about. */
export const tagOfLimit = (name: string): string => name.slice(TAG_PREFIX.length);

/** Whether a limit is one of a tag. */
export const isTagLimit = ({ name }: { readonly name: string }): boolean =>
  name.startsWith(TAG_PREFIX);

const afterDecay = (slots: number, perSecond: number, seconds: number): number =>
  Math.max(0, slots - Math.floor(perSecond * Math.max(0, seconds)));

/** The slots of a limit that are taken at an instant: those of a rate limit free themselves as time goes by. */
export const activeSlotsAt = (
  limit: Pick<ConcurrencyLimitV2Row, 'activeSlots' | 'slotDecayPerSecond' | 'updated'>,
  now: Micros,
): number =>
  afterDecay(limit.activeSlots, limit.slotDecayPerSecond, secondsBetween(limit.updated, now));

/** The refusals that a limit still remembers at an instant, by which callers are told how long to wait. */
export const deniedSlotsAt = (
  { settings }: SettingsContext,
  limit: Omit<ConcurrencyLimitV2Row, 'id' | 'created' | 'active' | 'limit' | 'activeSlots'>,
  now: Micros,
): number => {
  const longestWait = limit.name.startsWith(TAG_PREFIX)
    ? settings.tasks.tagConcurrencySlotWaitSeconds
    : settings.concurrency.maximumConcurrencySlotWaitSeconds;
  const occupancy = Math.max(
    MINIMUM_OCCUPANCY_SECONDS,
    Math.min(limit.avgSlotOccupancySeconds, longestWait),
  );
  const perSecond = limit.slotDecayPerSecond > 0 ? limit.slotDecayPerSecond : 1 / occupancy;
  return afterDecay(limit.deniedSlots, perSecond, secondsBetween(limit.updated, now));
};

/** The limits that have too few slots left at an instant. */
export const fullLimits = (
  limits: readonly ConcurrencyLimitV2Row[],
  slots: number,
  now: Micros,
): readonly ConcurrencyLimitV2Row[] =>
  limits.filter((limit) => activeSlotsAt(limit, now) + slots > limit.limit);

function* noteActive(
  ctx: SettingsContext,
  limit: ConcurrencyLimitV2Row,
  { active, now }: { readonly active: number; readonly now: Micros },
): Script<void> {
  yield* run(setLimitSlots(active, deniedSlotsAt(ctx, limit, now), now, limit.id));
  yield* recordChange({ topic: 'concurrency-limit', kind: 'updated', entityId: limit.id });
}

/** Takes slots of all the limits, which the transaction holds, or of none of them. */
export function* takeSlots(
  ctx: SettingsContext,
  limits: readonly ConcurrencyLimitV2Row[],
  slots: number,
): Script<boolean> {
  const now = nowMicros();
  if (!limits.every(({ active }) => active) || fullLimits(limits, slots, now).length > 0)
    return false;
  for (const limit of limits)
    yield* noteActive(ctx, limit, { active: activeSlotsAt(limit, now) + slots, now });
  return true;
}

/** Takes a slot of one limit; false when it has none to give, is switched off or gone. */
export function* takeSlot(ctx: SettingsContext, limitId: string): Script<boolean> {
  const limits = yield* rows(lockLimits(json([limitId])));
  return limits.length === 1 && (yield* takeSlots(ctx, limits, 1));
}

/** Gives slots back. A limit that is gone has nothing to be given back to, which must not keep a run from ending. */
export function* freeSlots(
  ctx: SettingsContext,
  limitIds: readonly string[],
  slots: number,
): Script<void> {
  if (limitIds.length === 0) return;
  const limits = yield* rows(lockLimits(json(limitIds)));
  const now = nowMicros();
  for (const limit of limits) {
    const active = Math.max(0, activeSlotsAt(limit, now) - slots);
    yield* noteActive(ctx, limit, { active, now });
  }
}

export interface LeaseTerms {
  readonly limitIds: readonly string[];
  readonly slots: number;
  readonly seconds: number;
  readonly holder?: { readonly type: string; readonly id: string };
}

/** Notes that slots which were taken are given back by themselves unless somebody renews the lease in time. */
export function* grantLease({ limitIds, slots, seconds, holder }: LeaseTerms): Script<string> {
  const id = newId();
  const created = nowMicros();
  yield* run(
    insertLease({
      id,
      created,
      expiration: addSeconds(created, seconds),
      limitIds: [...limitIds],
      slots,
      holderType: holder?.type ?? null,
      holderId: holder?.id ?? null,
    }),
  );
  return id;
}

/** Gives back what a lease holds; when it is gone, a slot of the limits that it is known to have been for. */
export function* freeLease(
  ctx: SettingsContext,
  leaseId: string,
  otherwise: readonly string[] = [],
): Script<void> {
  const lease = yield* one(lockLease(leaseId));
  if (lease === null) {
    yield* freeSlots(ctx, otherwise, 1);
    return;
  }
  yield* freeSlots(ctx, stringList(lease.limitIds), lease.slots);
  yield* run(deleteLease(leaseId));
}

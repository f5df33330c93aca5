import type { ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import { type Script, rows, run } from '#server/db/script.ts';
import {
  type HeldLimitRow,
  lockLimits,
  lockLimitsByName,
  readLimits,
  readLimitsByName,
  setLimitSlots,
} from '#server/db/sql/concurrency-slots.ts';
import { recordChange } from '#server/events/record.ts';
import { json } from '#server/json.ts';
import { type Micros, micros, nowMicros, secondsBetween } from '#server/time.ts';

import { rouseWaitingRuns } from './rouse-waiting-runs.ts';
import type { OrchestrationContext } from './rule.ts';

type SettingsContext = Pick<OrchestrationContext, 'settings'>;

const MINIMUM_OCCUPANCY_SECONDS = 0.1;
const TAG_PREFIX = 'tag:';
/** An expired lease counts for whoever takes slots until it is removed: it may be renewed at this very moment. */
const ALL_LEASES = micros(-1);

/** The name of the limit on task runs with a tag. */
export const tagLimitName = (tag: string): string => `${TAG_PREFIX}${tag}`;

/** The tag that a limit is about. */
export const tagOfLimit = (name: string): string => name.slice(TAG_PREFIX.length);

/** Whether a limit is one of a tag. */
export const isTagLimit = ({ name }: { readonly name: string }): boolean =>
  name.startsWith(TAG_PREFIX);

const afterDecay = (slots: number, perSecond: number, seconds: number): number =>
  Math.max(0, slots - Math.floor(perSecond * Math.max(0, seconds)));

/** The slots of a limit that nobody leases, at an instant: those of a rate limit free themselves as time goes by. */
export const unleasedSlotsAt = (
  limit: Pick<ConcurrencyLimitV2Row, 'activeSlots' | 'slotDecayPerSecond' | 'updated'>,
  now: Micros,
): number =>
  afterDecay(limit.activeSlots, limit.slotDecayPerSecond, secondsBetween(limit.updated, now));

/** The slots of a limit that are taken at an instant: those of its leases and those that nobody leases. */
export const activeSlotsAt = (
  limit: Pick<HeldLimitRow, 'activeSlots' | 'slotDecayPerSecond' | 'updated' | 'leasedSlots'>,
  now: Micros,
): number => limit.leasedSlots + unleasedSlotsAt(limit, now);

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
  limits: readonly HeldLimitRow[],
  slots: number,
  now: Micros,
): readonly HeldLimitRow[] =>
  limits.filter((limit) => activeSlotsAt(limit, now) + slots > limit.limit);

/** Keeps limits and gives them with the slots that leases hold of them. */
export function* keepLimits(limitIds: readonly string[]): Script<readonly HeldLimitRow[]> {
  const ids = json(limitIds);
  yield* run(lockLimits(ids));
  return yield* rows(readLimits(ALL_LEASES, ids));
}

/** The same by their names; a name without a limit gives none. */
export function* keepLimitsByName(names: readonly string[]): Script<readonly HeldLimitRow[]> {
  const keys = json(names);
  yield* run(lockLimitsByName(keys));
  return yield* rows(readLimitsByName(ALL_LEASES, keys));
}

/** Tells whoever waits for slots of a limit that something about them is new. */
export const noteSlots = (limitId: string): Script<void> =>
  recordChange({ topic: 'concurrency-limit', kind: 'updated', entityId: limitId });

/** Sets the slots of a limit that nobody leases. */
export function* noteUnleased(
  ctx: SettingsContext,
  limit: ConcurrencyLimitV2Row,
  { slots, now }: { readonly slots: number; readonly now: Micros },
): Script<void> {
  yield* run(setLimitSlots(slots, deniedSlotsAt(ctx, limit, now), now, limit.id));
  yield* noteSlots(limit.id);
}

/** Takes slots of limits, which the transaction keeps, without a lease. */
export function* takeUnleased(
  ctx: SettingsContext,
  limits: readonly HeldLimitRow[],
  slots: number,
): Script<void> {
  const now = nowMicros();
  for (const limit of limits)
    yield* noteUnleased(ctx, limit, { slots: unleasedSlotsAt(limit, now) + slots, now });
}

/**
 * Gives slots back that nobody leases. A limit that is gone has nothing to be given back to, which must not keep a run
 * from ending.
 */
export function* freeUnleased(
  ctx: SettingsContext,
  limitIds: readonly string[],
  slots: number,
): Script<void> {
  if (limitIds.length === 0) return;
  const limits = yield* keepLimits(limitIds);
  const now = nowMicros();
  for (const limit of limits) {
    const left = Math.max(0, unleasedSlotsAt(limit, now) - slots);
    yield* noteUnleased(ctx, limit, { slots: left, now });
    yield* rouseWaitingRuns(limit.id, slots);
  }
}

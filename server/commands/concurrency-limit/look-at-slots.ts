import type { Context } from '#server/context.ts';
import { type Script, one, rows } from '#server/db/script.ts';
import { readFirstExpiration } from '#server/db/sql/concurrency-lease.ts';
import { type HeldLimitRow, readLimits } from '#server/db/sql/concurrency-slots.ts';
import { json } from '#server/json.ts';
import { activeSlotsAt, fullLimits } from '#server/orchestration/concurrency.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

import { slotsWantedEarlier } from './waiters.ts';

export interface SlotsSeen {
  /** The limits that have too few slots left. */
  readonly fullLimitIds: readonly string[];
  /** When slots of one of them come free at the earliest if nobody gives any back; null when they never do. */
  readonly nextChange: Micros | null;
  /** Whether the slots that are left will be needed by those who came earlier to another process. */
  readonly isBehindOthers: boolean;
}

interface Look {
  readonly limitIds: readonly string[];
  readonly slots: number;
  /** The line that the look is for, and since when its first has been waiting. */
  readonly line: string;
  readonly since: Micros;
}

/** When a limit of rate will have freed itself of enough slots; null for any other, and for one that never will. */
const decayed = (limit: HeldLimitRow, slots: number): Micros | null => {
  const excess = limit.activeSlots + limit.leasedSlots + slots - limit.limit;
  if (limit.slotDecayPerSecond === 0 || limit.leasedSlots + slots > limit.limit) return null;
  return addSeconds(limit.updated, excess / limit.slotDecayPerSecond);
};

const earliest = (instants: readonly (Micros | null)[]): Micros | null =>
  instants.reduce((first, instant) => {
    if (first === null || instant === null) return first ?? instant;
    return instant < first ? instant : first;
  }, null);

/** Whether limits have so many slots left, without taking or keeping anything. */
export const lookAtSlots = (
  ctx: Context,
  { limitIds, slots, line, since }: Look,
): Promise<SlotsSeen> =>
  ctx.db.read(function* (): Script<SlotsSeen> {
    const now = nowMicros();
    const limits = yield* rows(readLimits(now, json(limitIds)));
    const active = limits.filter((limit) => limit.active);
    const full = fullLimits(active, slots, now);
    const fullLimitIds = full.map(({ id }) => id);
    if (full.length === 0) {
      const left = new Map(
        active.map((limit) => [limit.id, limit.limit - activeSlotsAt(limit, now)]),
      );
      const most = Math.max(0, ...left.values());
      const wanted = yield* slotsWantedEarlier(ctx, { limitIds, line, since, most });
      const isBehindOthers = [...wanted].some(
        ([id, count]) => count + slots > (left.get(id) ?? count + slots),
      );
      return { fullLimitIds, nextChange: null, isBehindOthers };
    }
    const lease = yield* one(readFirstExpiration(json(fullLimitIds)));
    const decays = full.map((limit) => decayed(limit, slots));
    const nextChange = earliest([lease?.expiration ?? null, ...decays]);
    return { fullLimitIds, nextChange, isBehindOthers: false };
  });

import type { ConcurrencyLimitV2Row } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { clampedPoissonSeconds } from '#server/orchestration/poisson.ts';

const TAG_PREFIX = 'tag:';

/** How many turns of slots must pass before the asked ones are free. */
const blockingSlots = (limit: ConcurrencyLimitV2Row, slots: number): number =>
  (slots + limit.deniedSlots) / (limit.slotDecayPerSecond > 0 ? 1 : limit.limit);

const meanWait = (
  { settings }: Pick<Context, 'settings'>,
  limit: ConcurrencyLimitV2Row,
  slots: number,
): number => {
  const blocking = blockingSlots(limit, slots);
  if (limit.slotDecayPerSecond > 0) return blocking / limit.slotDecayPerSecond;
  const most = limit.name.startsWith(TAG_PREFIX)
    ? settings.tasks.tagConcurrencySlotWaitSeconds
    : settings.concurrency.maximumConcurrencySlotWaitSeconds;
  return Math.min(Math.min(limit.avgSlotOccupancySeconds, most) * blocking, most);
};

/** Seconds after which it is worth asking again, by the limit that stands most in the way. */
export const retryAfterSeconds = (
  ctx: Pick<Context, 'settings'>,
  limits: readonly ConcurrencyLimitV2Row[],
  slots: number,
): number => {
  const [worst] = limits.toSorted(
    (left, right) => blockingSlots(right, slots) - blockingSlots(left, slots),
  );
  return worst === undefined ? 0 : clampedPoissonSeconds(meanWait(ctx, worst, slots));
};

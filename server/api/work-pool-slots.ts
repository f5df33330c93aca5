import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import {
  type SlotHolder,
  countPoolsSlots,
  countQueueSlots,
} from '#server/db/sql/work-queue-slots.ts';
import { type JsonValue, isJsonObject, json } from '#server/json.ts';
import { countLegacyQueueSlots } from '#server/queries/work-queue/legacy-queue-runs.ts';
import { type Micros, formatInstant, formatOptionalInstant, secondsBetween } from '#server/time.ts';

interface Limited {
  readonly id: string;
  readonly concurrencyLimit: number | null;
}

const limitedIds = (entities: readonly Limited[]): readonly string[] =>
  entities.filter(({ concurrencyLimit }) => concurrencyLimit !== null).map(({ id }) => id);

type Slots = (id: string) => number;

/** The slots held of pools that have a limit. */
export const poolSlots = async (ctx: Context, pools: readonly Limited[]): Promise<Slots> => {
  const ids = limitedIds(pools);
  const found = ids.length === 0 ? [] : await ctx.db.read(() => rows(countPoolsSlots(json(ids))));
  const held = new Map(found.map((row) => [row.workPoolId, row.held]));
  return (id) => held.get(id) ?? 0;
};

interface LimitedQueue extends Limited {
  readonly filter: JsonValue | null;
}

/** The slots of limited queues that choose their runs by a filter. */
const chosenSlots = async (
  ctx: Context,
  queues: readonly LimitedQueue[],
): Promise<ReadonlyMap<string, number>> =>
  new Map(
    await Promise.all(
      queues.flatMap(({ id, filter, concurrencyLimit }) =>
        isJsonObject(filter) && concurrencyLimit !== null
          ? [countLegacyQueueSlots(ctx, filter).then((held) => [id, held] as const)]
          : [],
      ),
    ),
  );

export interface QueueSlotsOptions {
  /** Whether the queue is asked for by itself: then runs that are being cancelled count, and its filter holds. */
  readonly isLegacy: boolean;
}

/** The slots held of queues that have a limit. */
export const queueSlots = async (
  ctx: Context,
  queues: readonly LimitedQueue[],
  { isLegacy }: QueueSlotsOptions,
): Promise<Slots> => {
  const ids = limitedIds(queues);
  const found = ids.length === 0 ? [] : await ctx.db.read(() => rows(countQueueSlots(json(ids))));
  const held = new Map(
    found.map((row) => [row.workQueueId, isLegacy ? row.heldOrCancelling : row.held]),
  );
  const chosen = isLegacy ? await chosenSlots(ctx, queues) : new Map<string, number>();
  return (id) => chosen.get(id) ?? held.get(id) ?? 0;
};

/** A run that holds a slot, as answers about slots show it. */
export const slotHolderToWire = (run: SlotHolder, now: Micros) => ({
  id: run.id,
  name: run.name,
  state_type: run.stateType,
  state_name: run.stateName,
  start_time: formatOptionalInstant(run.startTime),
  state_timestamp: formatInstant(run.stateTimestamp),
  time_in_current_state: secondsBetween(run.stateTimestamp, now),
});

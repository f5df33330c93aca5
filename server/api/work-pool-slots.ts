import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import {
  type SlotHolder,
  countPoolsSlots,
  countQueueSlots,
} from '#server/db/sql/work-queue-slots.ts';
import { json } from '#server/json.ts';
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

export interface QueueSlotsOptions {
  /** Whether runs that are being cancelled count. */
  readonly countsCancelling: boolean;
}

/** The slots held of queues that have a limit. */
export const queueSlots = async (
  ctx: Context,
  queues: readonly Limited[],
  { countsCancelling }: QueueSlotsOptions,
): Promise<Slots> => {
  const ids = limitedIds(queues);
  const found = ids.length === 0 ? [] : await ctx.db.read(() => rows(countQueueSlots(json(ids))));
  const held = new Map(
    found.map((row) => [row.workQueueId, countsCancelling ? row.heldOrCancelling : row.held]),
  );
  return (id) => held.get(id) ?? 0;
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

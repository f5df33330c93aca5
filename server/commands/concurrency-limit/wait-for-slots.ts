import type { Context } from '#server/context.ts';
import { tagLimitName } from '#server/orchestration/concurrency.ts';

import { type SlotLine, slotLineOf } from './slot-line.ts';
import {
  type AskedSlots,
  type LeaseTerms,
  type SlotsOutcome,
  countRefusal,
  freeConcurrencyLease,
  freeConcurrencySlots,
  lookBehindOthers,
  takeConcurrencySlots,
} from './slots.ts';
import {
  type TagSlotsOutcome,
  freeTagSlots,
  lookBehindOthersOfTags,
  takeTagSlots,
} from './tag-limits.ts';

/** How many callers a second may come back to ask again. */
const ASKS_PER_SECOND = 100;

/** Somebody whose answer may be held back for a while. */
export interface HeldCaller {
  /** Calls the listener when the caller hangs up; gives what ends that. */
  readonly onGone: (listener: () => void) => () => void;
}

/** One that was held asks again at once, unless so many are waiting that this would keep the server busy. */
const comeBackSeconds = (ctx: Context, line: SlotLine, longest: number): number =>
  Math.min(
    longest,
    Math.max(0, Math.round(line.size / ASKS_PER_SECOND - ctx.settings.concurrency.slotHoldSeconds)),
  );

const giveBack = async (
  ctx: Context,
  { names, slots }: AskedSlots,
  outcome: SlotsOutcome,
): Promise<void> => {
  if (!outcome.isTaken) return;
  if (outcome.leaseId === null) {
    await freeConcurrencySlots(ctx, { names, slots, occupancySeconds: null });
  } else await freeConcurrencyLease(ctx, outcome.leaseId);
};

/**
 * Takes slots of all named limits as soon as there are enough, in order of arrival, or gives up after the seconds that
 * the settings allow. INVALID when a limit could never give so many.
 */
export const waitForConcurrencySlots = async (
  ctx: Context,
  { asked, lease }: { readonly asked: AskedSlots; readonly lease: LeaseTerms | null },
  { onGone }: HeldCaller,
): Promise<SlotsOutcome> => {
  const { slotHoldSeconds } = ctx.settings.concurrency;
  const line = slotLineOf(ctx);
  if (slotHoldSeconds === 0 || line.isFull) return takeConcurrencySlots(ctx, asked, lease);
  const held = { ...asked, isHeld: true };
  const behind = line.isAwaited(asked.names) ? await lookBehindOthers(ctx, asked) : null;
  const first = behind ?? (await takeConcurrencySlots(ctx, held, lease));
  if (first.isTaken) return first;
  const { names, slots } = asked;
  const holder = lease?.holder ?? null;
  const outcome = await line.wait<SlotsOutcome>(
    {
      names,
      limitIds: first.limitIds,
      slots,
      caller: holder === null ? null : `${holder.type} ${holder.id} ${slots} ${names.join(' ')}`,
      refusal: first,
      attempt: async () => {
        const next = await takeConcurrencySlots(ctx, held, lease);
        return { outcome: next, isTaken: next.isTaken };
      },
      giveBack: (taken) => giveBack(ctx, asked, taken),
      onGone,
    },
    slotHoldSeconds,
  );
  if (outcome.isTaken) return outcome;
  await countRefusal(ctx, asked);
  return { ...outcome, retryAfterSeconds: comeBackSeconds(ctx, line, first.retryAfterSeconds) };
};

/** The same for a slot of the limit of each tag; a limit of zero is refused at once. */
export const waitForTagSlots = async (
  ctx: Context,
  asked: { readonly tags: readonly string[]; readonly taskRunId: string },
  { onGone }: HeldCaller,
): Promise<TagSlotsOutcome & { readonly retryAfterSeconds: number }> => {
  const { slotHoldSeconds } = ctx.settings.concurrency;
  const retryAfterSeconds = ctx.settings.tasks.tagConcurrencySlotWaitSeconds;
  const line = slotLineOf(ctx);
  const names = asked.tags.map(tagLimitName);
  const behind =
    slotHoldSeconds > 0 && line.isAwaited(names)
      ? await lookBehindOthersOfTags(ctx, asked.tags)
      : null;
  const first = behind ?? (await takeTagSlots(ctx, asked));
  if (first.kind !== 'full' || slotHoldSeconds === 0 || line.isFull)
    return { ...first, retryAfterSeconds };
  const outcome = await line.wait<TagSlotsOutcome>(
    {
      names,
      limitIds: first.limits.map(({ id }) => id),
      slots: 1,
      caller: `${asked.taskRunId} ${names.join(' ')}`,
      refusal: first,
      attempt: async () => {
        const next = await takeTagSlots(ctx, asked);
        return { outcome: next, isTaken: next.kind !== 'full' };
      },
      giveBack: async (taken) => {
        if (taken.kind === 'taken') await freeTagSlots(ctx, asked);
      },
      onGone,
    },
    slotHoldSeconds,
  );
  return { ...outcome, retryAfterSeconds: comeBackSeconds(ctx, line, retryAfterSeconds) };
};

import type { Context } from '#server/context.ts';
import { tagLimitName } from '#server/orchestration/concurrency.ts';

import { type SlotLine, type Waited, type Wish, slotLineOf } from './slot-line.ts';
import {
  type AskedSlots,
  type LeaseTerms,
  type SlotsOutcome,
  type Standing,
  countRefusal,
  freeConcurrencyLease,
  freeConcurrencySlots,
  lookBehindOthers,
  takeConcurrencySlots,
} from './slots.ts';
import {
  type AskedTagSlots,
  type TagSlotsOutcome,
  freeTagSlots,
  lookBehindOthersOfTags,
  takeTagSlots,
} from './tag-limits.ts';
import { type Waiter, announceWaiters, enterLine, leaveLine, stepAside } from './waiters.ts';

/** How many callers a second may come back to ask again. */
const ASKS_PER_SECOND = 100;
/** A server that stops is away for some seconds. */
const CLOSED_SECONDS = 5;

/** Somebody whose answer may be held back for a while. */
export interface HeldCaller {
  /** Calls the listener when the caller hangs up; gives what ends that. */
  readonly onGone: (listener: () => void) => () => void;
  /** Whether the caller has hung up. */
  readonly isGone: () => boolean;
}

/** One that was held asks again at once, unless so many are waiting that this would keep the server busy. */
const comeBackSeconds = (ctx: Context, line: SlotLine, longest: number): number => {
  if (line.isClosed) return Math.max(CLOSED_SECONDS, longest);
  const seconds = line.size / ASKS_PER_SECOND - ctx.settings.concurrency.slotHoldSeconds;
  return Math.min(longest, Math.max(0, Math.round(seconds)));
};

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

interface Wait<Outcome> {
  readonly waiter: Omit<Waiter, 'line'>;
  readonly wish: Pick<Wish<Outcome>, 'names' | 'refusal' | 'giveBack' | keyof HeldCaller>;
  readonly attempt: (standing: Standing) => ReturnType<Wish<Outcome>['attempt']>;
}

/** Stands in line until slots were taken, the time is over or the caller is gone. */
const waitInLine = async <Outcome>(
  ctx: Context,
  line: SlotLine,
  { waiter, wish, attempt }: Wait<Outcome>,
): Promise<Waited<Outcome> & { readonly waiterId: string }> => {
  const { slotHoldSeconds } = ctx.settings.concurrency;
  const { limitIds, slots } = waiter;
  const { waiterId, since } = await enterLine(ctx, { ...waiter, line: line.id }, slotHoldSeconds);
  const standing = { line: line.id, waiterId };
  try {
    const waited = await line.wait<Outcome>(
      { ...wish, limitIds, slots, since, attempt: () => attempt(standing) },
      slotHoldSeconds,
    );
    return { ...waited, waiterId };
  } catch (error) {
    // Others would leave slots to it until its row expires, which is all that helps where this fails too.
    await ctx.db.write(() => leaveLine(waiterId)).catch(() => undefined);
    throw error;
  }
};

/**
 * Takes slots of all named limits as soon as there are enough, in order of arrival, or gives up after the seconds that
 * the settings allow. INVALID when a limit could never give so many.
 */
export const waitForConcurrencySlots = async (
  ctx: Context,
  { asked, lease }: { readonly asked: AskedSlots; readonly lease: LeaseTerms | null },
  client: HeldCaller,
): Promise<SlotsOutcome> => {
  const { slotHoldSeconds } = ctx.settings.concurrency;
  const line = slotLineOf(ctx);
  if (slotHoldSeconds === 0 || line.isFull) return takeConcurrencySlots(ctx, asked, lease);
  const held = { ...asked, standing: { line: line.id, waiterId: null } };
  const behind = line.isAwaited(asked.names) ? await lookBehindOthers(ctx, asked) : null;
  const first = behind ?? (await takeConcurrencySlots(ctx, held, lease));
  if (first.isTaken) return first;
  const { names, slots, flowId = null } = asked;
  const holder = lease?.holder ?? null;
  const caller = holder === null ? null : `${holder.type} ${holder.id} ${slots} ${names.join(' ')}`;
  const { outcome, isGone, waiterId } = await waitInLine<SlotsOutcome>(ctx, line, {
    waiter: { limitIds: first.limitIds, slots, caller, holder, flowId },
    wish: {
      names,
      refusal: first,
      giveBack: (taken) => giveBack(ctx, asked, taken),
      ...client,
    },
    attempt: async (standing) => {
      const next = await takeConcurrencySlots(ctx, { ...asked, standing }, lease);
      return { outcome: next, isTaken: next.isTaken };
    },
  });
  if (outcome.isTaken) return outcome;
  const retryAfterSeconds = comeBackSeconds(ctx, line, first.retryAfterSeconds);
  await ctx.db.write(function* () {
    yield* isGone || caller === null ? leaveLine(waiterId) : stepAside(waiterId, retryAfterSeconds);
    yield* announceWaiters(first.limitIds);
    yield* countRefusal(ctx, asked);
  });
  return { ...outcome, retryAfterSeconds };
};

/** The same for a slot of the limit of each tag; a limit of zero is refused at once. */
export const waitForTagSlots = async (
  ctx: Context,
  asked: AskedTagSlots,
  client: HeldCaller,
): Promise<TagSlotsOutcome & { readonly retryAfterSeconds: number }> => {
  const { tagConcurrencySlotWaitSeconds: longest } = ctx.settings.tasks;
  const line = slotLineOf(ctx);
  if (ctx.settings.concurrency.slotHoldSeconds === 0 || line.isFull)
    return { ...(await takeTagSlots(ctx, asked)), retryAfterSeconds: longest };
  const names = asked.tags.map(tagLimitName);
  const behind = line.isAwaited(names) ? await lookBehindOthersOfTags(ctx, asked.tags) : null;
  const held = { ...asked, standing: { line: line.id, waiterId: null } };
  const first = behind ?? (await takeTagSlots(ctx, held));
  if (first.kind !== 'full') return { ...first, retryAfterSeconds: longest };
  const { outcome, isGone, waiterId } = await waitInLine<TagSlotsOutcome>(ctx, line, {
    waiter: {
      limitIds: first.limits.map(({ id }) => id),
      slots: 1,
      caller: `${asked.taskRunId} ${names.join(' ')}`,
      holder: { type: 'task_run', id: asked.taskRunId },
      flowId: null,
    },
    wish: {
      names,
      refusal: first,
      giveBack: async (taken) => {
        if (taken.kind === 'taken') await freeTagSlots(ctx, asked);
      },
      ...client,
    },
    attempt: async (standing) => {
      const next = await takeTagSlots(ctx, { ...asked, standing });
      return { outcome: next, isTaken: next.kind !== 'full' };
    },
  });
  const retryAfterSeconds = comeBackSeconds(ctx, line, longest);
  if (outcome.kind === 'taken') return { ...outcome, retryAfterSeconds };
  const isLeaving = isGone || outcome.kind === 'closed';
  await ctx.db.write(function* () {
    yield* isLeaving ? leaveLine(waiterId) : stepAside(waiterId, retryAfterSeconds);
    yield* announceWaiters(first.limits.map(({ id }) => id));
  });
  return { ...outcome, retryAfterSeconds };
};

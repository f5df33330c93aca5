import type { Context } from '#server/context.ts';
import { toError } from '#server/errors.ts';
import type { Bus } from '#server/events/bus.ts';
import { newId } from '#server/ids.ts';
import { type Micros, addSeconds, nowMicros, secondsBetween } from '#server/time.ts';

import { lookAtSlots } from './look-at-slots.ts';

/** More that wait in one process are not held: each keeps a connection open. */
const MOST_WAITERS = 10_000;
/** How long slots are left to those who came earlier to another process, which has died if it does not take them. */
const YIELD_SECONDS = 0.2;
/** Who is full by an expired lease that just now is renewed looks again after this. */
const SHORTEST_LOOK_MILLIS = 250;
const LONGEST_LOOK_MILLIS = 600_000;

/** What became of one try for slots. */
export interface Attempt<Outcome> {
  readonly outcome: Outcome;
  readonly isTaken: boolean;
}

/** A wish for slots of limits that had too few. */
export interface Wish<Outcome> {
  readonly names: readonly string[];
  readonly limitIds: readonly string[];
  readonly slots: number;
  /** Since when it waits, by which it has its place. */
  readonly since: Micros;
  readonly refusal: Outcome;
  readonly attempt: () => Promise<Attempt<Outcome>>;
  /** Gives back what was taken for a caller that is gone. */
  readonly giveBack: (outcome: Outcome) => Promise<void>;
  /** Calls the listener when the caller hangs up; gives what ends that. */
  readonly onGone: (listener: () => void) => () => void;
  /** Whether the caller has hung up, of which a listener that comes later does not hear. */
  readonly isGone: () => boolean;
}

/** How a wait ended. */
export interface Waited<Outcome> {
  readonly outcome: Outcome;
  /** Whether the caller did not wait for it. */
  readonly isGone: boolean;
}

interface Waiter {
  readonly names: readonly string[];
  readonly limitIds: readonly string[];
  readonly slots: number;
  readonly since: Micros;
  /** Tries once; whether the waiter is still to wait. */
  readonly tryOnce: () => Promise<boolean>;
  /** Ends the wait with a refusal. */
  readonly stop: () => void;
}

/**
 * Those of this process who wait for slots of concurrency limits, in order of their arrival. News of a limit lets the
 * first of those who wait for it try, and so on until one finds too few slots; nothing is done while there is no news.
 * A wish for several limits holds nobody up who waits for others of them than those that are full. Slots that somebody
 * came for earlier to another process are left to that one for a moment.
 */
export class SlotLine {
  /** By what the rows of those who wait here are known. */
  readonly id = newId();
  readonly #ctx: Context;
  readonly #byLimit = new Map<string, Waiter[]>();
  readonly #byName = new Map<string, number>();
  readonly #yielding = new WeakMap<Waiter, Micros>();
  readonly #news = new Set<string>();
  #size = 0;
  #isClosed = false;
  #isServing = false;
  #look: { readonly at: Micros; readonly timer: NodeJS.Timeout } | null = null;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    ctx.bus.subscribe('concurrency-limit', ({ key }) => this.#tell(key));
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Whether nobody more is let in. */
  get isFull(): boolean {
    return this.#isClosed || this.#size >= MOST_WAITERS;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Refuses all who wait, and whoever comes. */
  close(): void {
    this.#isClosed = true;
    const waiting = new Set([...this.#byLimit.values()].flat());
    for (const { stop } of waiting) stop();
  }

  /** Whether somebody waits for slots of a limit of one of these names. */
  isAwaited(names: readonly string[]): boolean {
    return this.#size > 0 && names.some((name) => this.#byName.has(name));
  }

  /** Waits until the slots were taken, the time is over or the caller is gone. */
  wait<Outcome>(wish: Wish<Outcome>, seconds: number): Promise<Waited<Outcome>> {
    return new Promise((resolve, reject) => {
      let refusal = wish.refusal;
      let isTrying = false;
      let isOver = false;
      let isGone = wish.isGone();
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        forget();
        this.#leave(waiter);
        settle();
      };
      const giveUp = (): void => end(() => resolve({ outcome: refusal, isGone }));
      const tryOnce = async (): Promise<boolean> => {
        // Its time was over while somebody looked whether there are slots for it.
        if (isOver) return false;
        isTrying = true;
        try {
          const { outcome, isTaken } = await wish.attempt();
          if (isTaken && isGone) await wish.giveBack(outcome);
          else if (isTaken) {
            end(() => resolve({ outcome, isGone }));
            return false;
          } else refusal = outcome;
          if (!isOver) return true;
          giveUp();
        } catch (error) {
          end(() => reject(toError(error)));
        } finally {
          isTrying = false;
        }
        return false;
      };
      const stop = (): void => {
        isOver = true;
        // A try that is on its way may yet succeed.
        if (!isTrying) giveUp();
      };
      const waiter: Waiter = { ...wish, tryOnce, stop };
      // oxlint-disable-next-line no-restricted-globals -- it ends with the call that it belongs to
      const timer = setTimeout(stop, seconds * 1000);
      const forget = wish.onGone(() => {
        isGone = true;
        stop();
      });
      this.#join(waiter);
      // It may have come while the line was being closed, or hung up on its way here.
      if (this.#isClosed || isGone) stop();
    });
  }

  #join(waiter: Waiter): void {
    this.#size += 1;
    for (const name of waiter.names) this.#byName.set(name, (this.#byName.get(name) ?? 0) + 1);
    for (const limitId of waiter.limitIds) {
      const line = this.#byLimit.get(limitId) ?? [];
      this.#byLimit.set(limitId, line);
      const index = line.findLastIndex(({ since }) => since <= waiter.since);
      line.splice(index + 1, 0, waiter);
    }
    // A slot may have come free since it was refused.
    for (const limitId of waiter.limitIds) this.#tell(limitId);
  }

  #leave(waiter: Waiter): void {
    this.#size -= 1;
    for (const name of waiter.names) {
      const left = (this.#byName.get(name) ?? 0) - 1;
      if (left > 0) this.#byName.set(name, left);
      else this.#byName.delete(name);
    }
    for (const limitId of waiter.limitIds) {
      const line = this.#byLimit.get(limitId) ?? [];
      line.splice(line.indexOf(waiter), 1);
      if (line.length === 0) this.#byLimit.delete(limitId);
    }
    if (this.#size > 0 || this.#look === null) return;
    clearTimeout(this.#look.timer);
    this.#look = null;
  }

  #tell(limitId: string): void {
    if (!this.#byLimit.has(limitId)) return;
    this.#news.add(limitId);
    if (!this.#isServing) void this.#serveAll();
  }

  async #serveAll(): Promise<void> {
    this.#isServing = true;
    try {
      for (const limitId of this.#news) {
        this.#news.delete(limitId);
        // oxlint-disable-next-line no-await-in-loop -- the first in line is served before the next
        await this.#serve(limitId);
      }
    } catch (error) {
      // Nobody was asked for slots: the next news, or the end of the wait, finds the line as it is.
      this.#ctx.log.warn({ err: error }, 'The slots of a concurrency limit could not be read.');
    } finally {
      this.#isServing = false;
    }
  }

  async #serve(limitId: string): Promise<void> {
    const full = new Set<string>();
    const tried = new Set<Waiter>();
    while (!full.has(limitId)) {
      const next = this.#byLimit
        .get(limitId)
        ?.find((waiter) => !tried.has(waiter) && !waiter.limitIds.some((id) => full.has(id)));
      if (next === undefined) return;
      tried.add(next);
      // oxlint-disable-next-line no-await-in-loop -- in order of arrival
      const found = await lookAtSlots(this.#ctx, { ...next, line: this.id });
      for (const id of found.fullLimitIds) full.add(id);
      if (found.fullLimitIds.length > 0) {
        this.#yielding.delete(next);
        this.#lookAgainAt(found.nextChange);
      } else if (found.isBehindOthers && this.#isToYield(next)) {
        for (const id of next.limitIds) full.add(id);
      }
      // Somebody else may have been quicker: then the line goes on waiting for the limits that it asked for.
      // oxlint-disable-next-line no-await-in-loop -- in order of arrival
      else if (await next.tryOnce()) for (const id of next.limitIds) full.add(id);
    }
  }

  /** Whether slots are still to be left to those who came earlier elsewhere; if so, there will be another look. */
  #isToYield(waiter: Waiter): boolean {
    const now = nowMicros();
    const known = this.#yielding.get(waiter);
    const until = known ?? addSeconds(now, YIELD_SECONDS);
    if (until <= now) return false;
    this.#yielding.set(waiter, until);
    // They may not have heard of these slots.
    if (known === undefined) {
      this.#ctx.bus.publish(waiter.limitIds.map((key) => ({ topic: 'concurrency-limit', key })));
    }
    this.#lookAgainAt(until, YIELD_SECONDS * 1000);
    return true;
  }

  /** Slots of leases that end and of limits of rate come free without any news. */
  #lookAgainAt(instant: Micros | null, shortestMillis = SHORTEST_LOOK_MILLIS): void {
    if (instant === null || (this.#look !== null && this.#look.at <= instant)) return;
    if (this.#look !== null) clearTimeout(this.#look.timer);
    const millis = secondsBetween(nowMicros(), instant) * 1000;
    const pause = Math.min(LONGEST_LOOK_MILLIS, Math.max(shortestMillis, millis));
    // oxlint-disable-next-line no-restricted-globals -- there is none unless somebody waits
    const timer = setTimeout(() => {
      this.#look = null;
      for (const limitId of this.#byLimit.keys()) this.#tell(limitId);
    }, pause);
    this.#look = { at: instant, timer };
  }
}

const lines = new WeakMap<Bus, SlotLine>();

/** The one line of a process. */
export const slotLineOf = (ctx: Context): SlotLine => {
  const line = lines.get(ctx.bus) ?? new SlotLine(ctx);
  lines.set(ctx.bus, line);
  return line;
};

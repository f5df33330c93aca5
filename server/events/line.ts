import { setTimeout as delay } from 'node:timers/promises';

import type { Bus } from './bus.ts';

export type { Line };

/** A place in a line of those who wait for work. */
export interface Place {
  /** Ends when there may be work, at once when that was told before, or after a while. */
  wait(millis: number): Promise<void>;
  /** Ends the wait, or the next one, for a cause that is not the line's. */
  rouse(): void;
  /** Gives the place up; what was told and not waited for is told to the next. */
  leave(): void;
}

interface Waiter {
  readonly keys: readonly string[];
  toldKey: string | null;
  isRoused: boolean;
  resume: (() => void) | null;
}

/**
 * Those of this process who wait for work of some queues. News of a queue wakes the first of its line alone, who
 * passes it on when there is more than it can take: a thousand idle workers cost nothing when one run arrives.
 */
class Line {
  readonly #waiting = new Map<string, Set<Waiter>>();

  constructor(bus: Bus, topic: string) {
    bus.subscribe(topic, ({ key }) => this.passOn(key));
  }

  /** Takes a place at the end of the lines of some keys. */
  join(keys: readonly string[]): Place {
    const waiter: Waiter = { keys, toldKey: null, isRoused: false, resume: null };
    for (const key of keys) {
      const line = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, line.add(waiter));
    }
    const stopping = new AbortController();
    return {
      rouse: () => {
        waiter.isRoused = true;
        waiter.resume?.();
      },
      wait: async (millis) => {
        if (waiter.toldKey === null && !waiter.isRoused) {
          const told = new Promise<void>((resolve) => {
            waiter.resume = resolve;
          });
          // Leaving aborts the pause, which is no failure here.
          const pause = delay(millis, undefined, { signal: stopping.signal, ref: false });
          await Promise.race([told, pause.catch(() => undefined)]);
          waiter.resume = null;
        }
        waiter.toldKey = null;
        waiter.isRoused = false;
      },
      leave: () => {
        stopping.abort();
        this.#remove(waiter);
        if (waiter.toldKey !== null) this.passOn(waiter.toldKey);
        waiter.resume?.();
      },
    };
  }

  /** Tells the first in line for a key that there may be work. */
  passOn(key: string): void {
    for (const waiter of this.#waiting.get(key) ?? []) {
      if (waiter.toldKey !== null) continue;
      waiter.toldKey = key;
      waiter.resume?.();
      return;
    }
  }

  #remove(waiter: Waiter): void {
    for (const key of waiter.keys) {
      const line = this.#waiting.get(key);
      line?.delete(waiter);
      if (line?.size === 0) this.#waiting.delete(key);
    }
  }
}

const lines = new WeakMap<Bus, Map<string, Line>>();

/** The one line of a process for a topic. */
export const lineOf = (bus: Bus, topic: string): Line => {
  const byTopic = lines.get(bus) ?? new Map<string, Line>();
  lines.set(bus, byTopic);
  const line = byTopic.get(topic) ?? new Line(bus, topic);
  byTopic.set(topic, line);
  return line;
};

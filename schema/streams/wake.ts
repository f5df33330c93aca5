import { setTimeout as delay } from 'node:timers/promises';

import type { Context } from '#server/context.ts';
import type { Bus, Signal } from '#server/events/bus.ts';
import { readEnds } from '#server/queries/journal/read-changes.ts';

/** Lets a reader sleep until there may be something new for it. */
export interface Wake {
  /** Ends at the next signal, at once when one came since the last wait, and when the reader closes. */
  wait(): Promise<void>;
  /** Lets the time pass whatever comes; ends early only when the reader closes. */
  rest(millis: number): Promise<void>;
  close(): void;
}

/** Also how late the last change of a burst may come on PostgreSQL, where it waits for older transactions to end. */
const FLOOR_MILLIS = 250;

/** Looks now and then, for all readers of a bus together, whether the journal grew without a signal reaching us. */
interface Floor {
  readonly sleepers: Set<() => void>;
  timer: NodeJS.Timeout | null;
  lastSeen: string;
}

const floors = new WeakMap<Bus, Floor>();

const look = async (ctx: Context, floor: Floor): Promise<void> => {
  const seen = JSON.stringify(await readEnds(ctx));
  if (seen === floor.lastSeen) return;
  floor.lastSeen = seen;
  for (const rouse of floor.sleepers) rouse();
};

const joinFloor = (ctx: Context, rouse: () => void): (() => void) => {
  const floor = floors.get(ctx.bus) ?? { sleepers: new Set(), timer: null, lastSeen: '' };
  floors.set(ctx.bus, floor);
  floor.sleepers.add(rouse);
  // Signals may be lost with a connection to the database; this bounds how late a reader is then.
  floor.timer ??= setInterval(() => {
    look(ctx, floor).catch((error: unknown) =>
      ctx.log.warn(`The journal could not be read: ${String(error)}`),
    );
  }, FLOOR_MILLIS).unref();
  return () => {
    floor.sleepers.delete(rouse);
    if (floor.sleepers.size > 0 || floor.timer === null) return;
    clearInterval(floor.timer);
    floor.timer = null;
  };
};

/** Listens from now on. Whoever reads after this and sleeps on it misses nothing. */
export const listen = (
  ctx: Context,
  topics: readonly string[],
  isWanted: (signal: Signal) => boolean,
): Wake => {
  let isPending = false;
  let isClosed = false;
  let resume: (() => void) | null = null;
  const closing = new AbortController();
  const rouse = (): void => {
    isPending = true;
    resume?.();
  };
  const leaveFloor = joinFloor(ctx, rouse);
  const unsubscribe = topics.map((topic) =>
    ctx.bus.subscribe(topic, (signal) => {
      if (isWanted(signal)) rouse();
    }),
  );
  return {
    wait: async () => {
      if (!isPending && !isClosed) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        resume = null;
      }
      isPending = false;
    },
    rest: async (millis) => {
      // Closing aborts it, which is no failure here.
      await delay(millis, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      leaveFloor();
      for (const stop of unsubscribe) stop();
      closing.abort();
      resume?.();
    },
  };
};

import type { Micros } from './time.ts';

/** What a service did last, and since when it owes its next tick. */
export interface ServiceProgress {
  readonly name: string;
  readonly scope: 'leader' | 'process';
  readonly periodSeconds: number;
  /** Whether it works on demand and nobody demands anything: then it owes no tick. */
  readonly isIdle: boolean;
  /** When this process took the service up; of one that works on demand, when it was last asked to work. */
  readonly since: Micros;
  readonly ticks: number;
  readonly failures: number;
  /** When the last tick ended, well or not; null before the first one has. */
  readonly lastTickAt: Micros | null;
  readonly durationSeconds: number | null;
  /** Counts by name, of the last tick that ended well. */
  readonly result: Readonly<Record<string, number>> | null;
  /** Why the last tick failed; null when it did not. */
  readonly error: string | null;
}

/** How a tick ended. */
export type TickEnd =
  | { readonly result: Readonly<Record<string, number>> }
  | { readonly error: string };

type Started = Pick<ServiceProgress, 'name' | 'scope' | 'periodSeconds'> &
  Partial<Pick<ServiceProgress, 'isIdle'>>;

/** Where the services of this process note their progress, for both doors to tell. */
export interface ServiceBoard {
  /** Whether this process leads the services of which one process does the ticks. */
  isLeader: boolean;
  start(service: Started, at: Micros): void;
  end(name: string, tick: TickEnd & { readonly at: Micros; readonly seconds: number }): void;
  /** Notes that a service which works on demand was given work, or has done all of it. */
  setIdle(name: string, isIdle: boolean, at: Micros): void;
  list(): readonly ServiceProgress[];
}

/** An empty board, of a process that runs no services yet. */
export const createServiceBoard = (): ServiceBoard => {
  const rows = new Map<string, ServiceProgress>();
  return {
    isLeader: false,
    start: (service, at) => {
      const none = { lastTickAt: null, durationSeconds: null, result: null, error: null };
      const counts = { ticks: 0, failures: 0 };
      rows.set(service.name, { isIdle: false, ...service, ...none, ...counts, since: at });
    },
    setIdle: (name, isIdle, at) => {
      const before = rows.get(name);
      if (before === undefined) return;
      rows.set(name, { ...before, isIdle, since: isIdle ? before.since : at });
    },
    end: (name, tick) => {
      const before = rows.get(name);
      if (before === undefined) return;
      const isFailure = 'error' in tick;
      rows.set(name, {
        ...before,
        ticks: before.ticks + 1,
        failures: before.failures + (isFailure ? 1 : 0),
        lastTickAt: tick.at,
        durationSeconds: tick.seconds,
        result: isFailure ? before.result : tick.result,
        error: isFailure ? tick.error : null,
      });
    },
    list: () => [...rows.values()],
  };
};

import { setTimeout as pause } from 'node:timers/promises';

import type { Reply, Target } from './target.ts';

/** What one round against one server came to. */
export interface Round {
  readonly items: number;
  readonly seconds: number;
  readonly latenciesMillis: readonly number[];
  /** Answers 503: the server was busy and the work was put off. */
  readonly busy: number;
  readonly errors: number;
  readonly firstError: string | null;
  readonly notes?: Readonly<Record<string, number | string>>;
}

export interface RoundOptions {
  readonly seconds: number;
}

export interface Scenario {
  readonly name: string;
  readonly unit: string;
  /** The ratio of work per CPU-second that ours has to reach. */
  readonly targetRatio: { readonly sqlite: number | null; readonly postgresql: number | null };
  /** Only ours is driven: the real server cannot do it at all. */
  readonly isOursOnly?: boolean;
  /** Prepares one server and gives the function that drives it for one round. */
  readonly prepare: (target: Target) => Promise<(options: RoundOptions) => Promise<Round>>;
}

export interface Pump {
  readonly connections: number;
  readonly seconds: number;
  /** How many units of work one call stands for; 1 unless given. */
  readonly itemsPerCall?: number;
  /** One unit of work; its last reply decides whether it counts. */
  readonly call: (connection: number) => Promise<Reply>;
}

/** After a 503 a client waits; Prefect's own waits longer. */
const BUSY_PAUSE_MILLIS = 100;

/** Repeats a call on several connections at once for some seconds. */
export const pump = async ({
  connections,
  seconds,
  itemsPerCall = 1,
  call,
}: Pump): Promise<Round> => {
  const latenciesMillis: number[] = [];
  let busy = 0;
  let errors = 0;
  let firstError: string | null = null;
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  const fail = (reason: string): void => {
    errors += 1;
    firstError ??= reason;
  };
  const work = async (connection: number): Promise<void> => {
    while (performance.now() < end) {
      try {
        const began = performance.now();
        const reply = await call(connection);
        if (reply.status < 300) latenciesMillis.push(performance.now() - began);
        else if (reply.status === 503) busy += 1;
        else fail(`${reply.status} ${reply.text.slice(0, 200)}`);
        if (reply.status >= 300) await pause(BUSY_PAUSE_MILLIS);
      } catch (error) {
        fail(String(error));
        await pause(BUSY_PAUSE_MILLIS);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => work(index)));
  return {
    items: latenciesMillis.length * itemsPerCall,
    seconds: (performance.now() - startedAt) / 1000,
    latenciesMillis,
    busy,
    errors,
    firstError,
  };
};

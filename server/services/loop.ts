import { setTimeout as delay } from 'node:timers/promises';

import type { Context } from '#server/context.ts';
import { isServerError } from '#server/errors.ts';

import { type Leader, createLeader } from './leader.ts';
import type { Service } from './service.ts';

/** A tick that takes longer to end is left to itself: what it has not committed, the next one does. */
const STOP_MILLIS = 1500;

export interface ServiceLoop {
  /** Lets running ticks end for a moment and starts none. */
  stop(): Promise<void>;
}

const tick = async (ctx: Context, service: Service, isStopping: () => boolean): Promise<void> => {
  const started = performance.now();
  try {
    const report = await service.runOnce(ctx);
    ctx.log.debug(
      { service: service.name, ...report, millis: Math.round(performance.now() - started) },
      'Tick done.',
    );
  } catch (error) {
    // A tick that was left to itself meets a database that is closed.
    if (isStopping()) return;
    // A busy database is waited for; anything else is a bug, which must not end the service.
    const level = isServerError(error, 'UNAVAILABLE') ? 'warn' : 'error';
    ctx.log[level](
      { service: service.name, err: error },
      'A service could not do its work; it tries again.',
    );
  }
};

const mayRun = async (ctx: Context, service: Service, leader: Leader): Promise<boolean> => {
  if (service.scope === 'process') return true;
  try {
    return await leader.isLeader();
  } catch (error) {
    ctx.log.warn({ service: service.name, err: error }, 'The leadership could not be settled.');
    return false;
  }
};

/** Runs each enabled service over and over, the first time at once; the only place where work is timed. */
export const startServices = (ctx: Context, services: readonly Service[]): ServiceLoop => {
  const stopping = new AbortController();
  const leader = createLeader(ctx);
  const isStopping = (): boolean => stopping.signal.aborted;

  const keepRunning = async (service: Service): Promise<void> => {
    const millis = service.everySeconds(ctx.settings) * 1000;
    while (!isStopping()) {
      // oxlint-disable-next-line no-await-in-loop -- a service never overlaps itself
      if (await mayRun(ctx, service, leader)) await tick(ctx, service, isStopping);
      // A little early or late, so that processes started together do not all come at once.
      const pause = millis * (0.95 + Math.random() * 0.1);
      // oxlint-disable-next-line no-await-in-loop -- the pause between ticks
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const running = services.filter((service) => service.isEnabled(ctx.settings)).map(keepRunning);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.race([Promise.all(running), delay(STOP_MILLIS, undefined, { ref: false })]);
      await leader.resign();
    },
  };
};

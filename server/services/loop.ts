import { setTimeout as delay } from 'node:timers/promises';

import type { Context } from '#server/context.ts';
import { isServerError, toError } from '#server/errors.ts';
import type { TickEnd } from '#server/service-board.ts';
import { nowMicros } from '#server/time.ts';

import { type Leader, RENEWAL_SECONDS, createLeader } from './leader.ts';
import type { Service } from './service.ts';

/** A tick that takes longer to end is left to itself: what it has not committed, the next one does. */
const STOP_MILLIS = 1500;
/** How soon a process that has just become the leader notices in each of its services. */
const FOLLOWING_MILLIS = 500;

export interface ServiceLoop {
  /** Lets running ticks end for a moment and starts none. */
  stop(): Promise<void>;
}

interface Run {
  readonly ctx: Context;
  readonly leader: Leader;
  readonly signal: AbortSignal;
}

const pause = async ({ signal }: Run, millis: number): Promise<void> => {
  await delay(millis, undefined, { signal }).catch(() => undefined);
};

const runOnce = async ({ ctx, leader, signal }: Run, service: Service): Promise<TickEnd> => {
  try {
    return { result: await service.runOnce(service.scope === 'leader' ? leader.fenced : ctx) };
  } catch (error) {
    // A tick that was left to itself meets a database that is closed.
    if (!signal.aborted) {
      // A busy database is waited for; anything else is a bug, which must not end the service.
      const level = isServerError(error, 'UNAVAILABLE') ? 'warn' : 'error';
      ctx.log[level](
        { service: service.name, err: error },
        'A service could not do its work; it tries again.',
      );
    }
    return { error: toError(error).message };
  }
};

const tick = async (running: Run, service: Service): Promise<void> => {
  const { board, log } = running.ctx;
  const started = performance.now();
  const end = await runOnce(running, service);
  const seconds = (performance.now() - started) / 1000;
  board.end(service.name, { ...end, at: nowMicros(), seconds });
  if ('error' in end) return;
  log.debug({ service: service.name, ...end.result, millis: seconds * 1000 }, 'Tick done.');
};

const keepRunning = async (running: Run, service: Service): Promise<void> => {
  const { ctx, leader, signal } = running;
  const { name, scope } = service;
  const periodSeconds = service.everySeconds(ctx.settings);
  const note = (): void => ctx.board.start({ name, scope, periodSeconds }, nowMicros());
  const mayRun = (): boolean => scope === 'process' || leader.isLeading();
  note();
  let ran = false;
  while (!signal.aborted) {
    const runs = mayRun();
    // A process that takes over owes nothing of the time in which another one led.
    if (runs && !ran) note();
    ran = runs;
    // oxlint-disable-next-line no-await-in-loop -- a service never overlaps itself
    if (runs) await tick(running, service);
    // A little early or late, so that processes started together do not all come at once.
    const millis = periodSeconds * 1000 * (0.95 + Math.random() * 0.1);
    // oxlint-disable-next-line no-await-in-loop -- the pause between ticks
    await pause(running, runs ? millis : Math.min(millis, FOLLOWING_MILLIS));
  }
};

const renew = async ({ ctx, leader }: Run): Promise<void> => {
  try {
    await leader.renew();
  } catch (error) {
    ctx.log.warn({ err: error }, 'The leadership could not be settled.');
  }
};

const keepRenewing = async (running: Run): Promise<void> => {
  while (!running.signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- one renewal after the other
    await pause(running, RENEWAL_SECONDS * 1000);
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (!running.signal.aborted) await renew(running);
  }
};

/** Runs each enabled service over and over, the first time at once; the only place where work is timed. */
export const startServices = (ctx: Context, services: readonly Service[]): ServiceLoop => {
  const stopping = new AbortController();
  const running: Run = { ctx, leader: createLeader(ctx), signal: stopping.signal };
  const enabled = services.filter((service) => service.isEnabled(ctx.settings));
  const start = async (): Promise<void> => {
    const renewed = renew(running);
    const keep = async (service: Service): Promise<void> => {
      if (service.scope === 'leader') await renewed;
      await keepRunning(running, service);
    };
    await Promise.all([renewed.then(() => keepRenewing(running)), ...enabled.map(keep)]);
  };

  const ended = start();
  return {
    stop: async () => {
      stopping.abort();
      await Promise.race([ended, delay(STOP_MILLIS, undefined, { ref: false })]);
      await running.leader.resign();
    },
  };
};

import { setTimeout as delay } from 'node:timers/promises';

import type { Context } from '#server/context.ts';
import { ServerError, isServerError, toError } from '#server/errors.ts';
import type { TickEnd } from '#server/service-board.ts';
import { nowMicros } from '#server/time.ts';

import type { Event } from './event.ts';
import { recordEvents } from './record-events.ts';

/** Events that arrive within this time share a commit: at 2,000 a second it saves a quarter of the processor. */
const GATHER_MILLIS = 10;
/** One commit takes no more, which is some ten milliseconds of work, so that requests get their turn in between. */
const MAX_BATCH = 100;
const PAUSE_BYTES = 2_000_000;
const RESUME_BYTES = PAUSE_BYTES / 2;
const RETRY_MILLIS = 100;
/** As which it is told of among the services: it stores events and records the task runs that they report. */
const NAME = 'event-recorder';

type IntakeContext = Omit<Context, 'intake' | 'bus'>;

interface Waiting {
  readonly event: Event;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Where events from outside wait for their commit. It holds little and drops nothing: past a bound it asks its
 * sources to pause, and a busy database makes it wait.
 */
export class EventIntake {
  readonly #ctx: IntakeContext;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #isPumping = false;
  #isClosed = false;
  #pumped: Promise<void> = Promise.resolve();
  #storing: Promise<void> = Promise.resolve();
  readonly #resumers = new Set<() => void>();

  constructor(ctx: IntakeContext) {
    this.#ctx = ctx;
    const periodSeconds = GATHER_MILLIS / 1000;
    ctx.board.start({ name: NAME, scope: 'process', periodSeconds, isIdle: true }, nowMicros());
  }

  /**
   * Takes an event of the given size; resolves when it is stored, rejects when it cannot be. One that is larger than
   * the settings allow is left out, which its sender is not told.
   */
  add(event: Event, bytes: number): Promise<void> {
    if (bytes > this.#ctx.settings.events.maximumSizeBytes) {
      this.#ctx.log.warn(
        { event: event.id, bytes },
        'An event larger than the limit was left out.',
      );
      return Promise.resolve();
    }
    if (this.#isClosed)
      return Promise.reject(new ServerError('UNAVAILABLE', 'The server is shutting down.'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, bytes, resolve, reject });
      this.#bytes += bytes;
      if (this.#isPumping) return;
      this.#isPumping = true;
      this.#ctx.board.setIdle(NAME, false, nowMicros());
      this.#pumped = this.#pump();
    });
  }

  /** Whether sources should stop reading until `whenDrained` resolves. */
  get isFull(): boolean {
    return this.#bytes > PAUSE_BYTES;
  }

  whenDrained(): Promise<void> {
    if (this.#bytes < RESUME_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#resumers.add(resolve));
  }

  /** Ends when everything that was taken is stored and nothing waits any more. */
  async whenIdle(): Promise<void> {
    await this.#pumped;
  }

  /** Drops what waits, as if it had been stored and deleted again; ends when nothing is being stored. */
  async discard(): Promise<void> {
    for (const { bytes, resolve } of this.#waiting.splice(0)) {
      this.#bytes -= bytes;
      resolve();
    }
    if (this.#bytes < RESUME_BYTES) this.#resume();
    await this.#storing;
  }

  /** Stores what was taken and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pumped;
  }

  async #pump(): Promise<void> {
    while (this.#waiting.length > 0) {
      // oxlint-disable-next-line no-await-in-loop -- one batch after the other, in the order of arrival
      if (!this.#isClosed && this.#waiting.length < MAX_BATCH) await delay(GATHER_MILLIS);
      const batch = this.#waiting.splice(0, MAX_BATCH);
      this.#storing = this.#store(batch);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await this.#storing;
      for (const { bytes } of batch) this.#bytes -= bytes;
      if (this.#bytes < RESUME_BYTES) this.#resume();
    }
    this.#isPumping = false;
    this.#ctx.board.setIdle(NAME, true, nowMicros());
  }

  #note(end: TickEnd, started: number): void {
    const seconds = (performance.now() - started) / 1000;
    this.#ctx.board.end(NAME, { ...end, at: nowMicros(), seconds });
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    let failure = await this.#tryToStore(batch);
    while (isServerError(failure, 'UNAVAILABLE') && !this.#isClosed) {
      this.#ctx.log.warn({ events: batch.length }, 'The database is busy; events wait.');
      // oxlint-disable-next-line no-await-in-loop -- a try follows the one that failed
      await delay(RETRY_MILLIS);
      // oxlint-disable-next-line no-await-in-loop -- as above
      failure = await this.#tryToStore(batch);
    }
    if (failure !== null) await this.#storeOneByOne(batch, failure);
  }

  /** Stores events in one commit; gives why that failed, or null. */
  async #tryToStore(batch: readonly Waiting[]): Promise<Error | null> {
    if (batch.length === 0) return null;
    const started = performance.now();
    try {
      await this.#ctx.db.write(() =>
        recordEvents(
          this.#ctx,
          batch.map(({ event }) => event),
        ),
      );
    } catch (error) {
      const failure = toError(error);
      this.#note({ error: failure.message }, started);
      return failure;
    }
    this.#note({ result: { events: batch.length } }, started);
    for (const { resolve } of batch) resolve();
    return null;
  }

  /** Finds the event that a batch fails on, so that it alone is refused. */
  async #storeOneByOne(batch: readonly Waiting[], cause: unknown): Promise<void> {
    const [only] = batch;
    if (only !== undefined && batch.length === 1) {
      this.#ctx.log.error({ err: cause, event: only.event.id }, 'An event could not be stored.');
      only.reject(cause);
      return;
    }
    for (const waiting of batch) {
      // oxlint-disable-next-line no-await-in-loop -- the order of arrival is kept
      await this.#store([waiting]);
    }
  }

  #resume(): void {
    for (const resume of this.#resumers) resume();
    this.#resumers.clear();
  }
}

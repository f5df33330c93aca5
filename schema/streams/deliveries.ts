import type { Lease } from '#server/commands/delivery/lease.ts';
import {
  abandonDeliveries,
  SETTLED_DELIVERY,
  readHeldDeliveries,
} from '#server/commands/delivery/settle-delivery.ts';
import type { Context } from '#server/context.ts';
import { type Place, lineOf } from '#server/events/line.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import { type Pull, createStream } from './stream.ts';

/** Signals may be lost with a connection to the database; this bounds how late a run is then. */
const LOOK_MILLIS = 5000;
/** How long who lost the connection may take to come back for what it holds. */
const GRACE_SECONDS = 5;
const MICROS_PER_MILLI = 1000;

/** What one look brought. */
interface Claimed<Item> {
  readonly items: readonly Item[];
  /** The queues whose news may bring more. */
  readonly queues: readonly string[];
  /** Other things whose changes may bring more. */
  readonly alsoWatched: readonly string[];
  /** When more comes by itself, if that is known. */
  readonly nextAt: Micros | null;
}

export interface Delivering<Item extends Lease> {
  readonly kind: 'FLOW_RUN' | 'TASK_RUN';
  readonly holder: string;
  /** How many may be out without an acknowledgement. */
  readonly prefetch: number;
  /** The topic that tells of work, by queue. */
  readonly topic: string;
  readonly claim: (limit: number) => Promise<Claimed<Item>>;
  readonly runIdOf: (item: Item) => string;
  /** Tells that somebody waits here; called at every look. */
  readonly note: () => Promise<void>;
  readonly forget: () => Promise<void>;
}

/** The holder of a stream: what it has out, and what it waits for. */
class Consumer<Item extends Lease> {
  readonly #ctx: Context;
  readonly #to: Delivering<Item>;
  readonly #out = new Map<string, string>();
  readonly #unsubscribe: readonly (() => void)[];
  #place: Place;
  #queues: readonly string[] = [];
  #watched: ReadonlySet<string> = new Set();
  #nextAt: Micros | null = null;
  #isClosed = false;

  constructor(ctx: Context, to: Delivering<Item>) {
    this.#ctx = ctx;
    this.#to = to;
    this.#place = lineOf(ctx.bus, to.topic).join([]);
    const isOut = (key: string): boolean => [...this.#out.values()].includes(key);
    const on = (topic: string, isWanted: (key: string) => boolean): (() => void) =>
      ctx.bus.subscribe(topic, ({ key }) => {
        if (isWanted(key)) this.#place.rouse();
      });
    const isWatched = (key: string): boolean => this.#watched.has(key);
    this.#unsubscribe = [
      on(SETTLED_DELIVERY, (key) => key === to.holder),
      on(to.kind === 'FLOW_RUN' ? 'flow-run' : 'task-run', isOut),
      on('work-pool', isWatched),
      on('work-queue', isWatched),
    ];
  }

  wait(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const due = this.#nextAt === null ? LOOK_MILLIS : this.#nextAt - nowMicros();
    const millis = this.#nextAt === null ? due : Math.ceil(due / MICROS_PER_MILLI);
    return this.#place.wait(Math.min(LOOK_MILLIS, Math.max(0, millis)));
  }

  async pull(): Promise<Pull<Item>> {
    const { kind, holder, prefetch } = this.#to;
    await this.#to.note();
    const ids = [...this.#out.keys()];
    const held = await readHeldDeliveries(this.#ctx, { kind, holder, ids });
    for (const id of ids) if (!held.has(id)) this.#out.delete(id);
    const credit = prefetch - this.#out.size;
    this.#join(credit > 0 ? this.#queues : []);
    if (credit <= 0) return { items: [], hasMore: false };
    const claimed = await this.#to.claim(credit);
    for (const item of claimed.items) this.#out.set(item.deliveryId, this.#to.runIdOf(item));
    this.#nextAt = claimed.nextAt;
    // News of queues that were not listened to yet may have been missed, so there is another look.
    const hasMore = this.#listenTo(claimed);
    if (this.#isClosed) await this.#abandon();
    return { items: claimed.items, hasMore };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#unsubscribe) stop();
    this.#place.leave();
    Promise.all([this.#abandon(), this.#to.forget()]).catch((error: unknown) =>
      this.#ctx.log.warn(`Leases could not be shortened: ${String(error)}`),
    );
  }

  #join(queues: readonly string[]): void {
    this.#place.leave();
    this.#place = lineOf(this.#ctx.bus, this.#to.topic).join(queues);
  }

  #listenTo({ items, queues, alsoWatched }: Claimed<Item>): boolean {
    const isNew = queues.some((queue) => !this.#queues.includes(queue));
    this.#queues = queues;
    this.#watched = new Set([...queues, ...alsoWatched]);
    // Who takes something lets the next look whether there is more.
    if (items.length > 0)
      for (const queue of queues) lineOf(this.#ctx.bus, this.#to.topic).passOn(queue);
    return isNew;
  }

  async #abandon(): Promise<void> {
    const ids = [...this.#out.keys()];
    if (ids.length === 0) return;
    await abandonDeliveries(this.#ctx, this.#to.holder, { ids, graceSeconds: GRACE_SECONDS });
  }
}

/**
 * Hands out runs, each to one consumer at a time, as long as the consumer has room for more. What it holds when the
 * stream ends is offered to others after a few seconds.
 */
export const deliver = <Item extends Lease>(
  ctx: Context,
  to: Delivering<Item>,
): AsyncIterableIterator<Item> => {
  const consumer = new Consumer(ctx, to);
  const wake = {
    wait: () => consumer.wait(),
    rest: () => consumer.wait(),
    close: () => consumer.close(),
  };
  return createStream(wake, () => consumer.pull());
};

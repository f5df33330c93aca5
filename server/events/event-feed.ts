import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import {
  readEventsAfter,
  readEventsSince,
  readLastEventNumber,
} from '#server/db/sql/read-events.ts';
import { type Micros, formatInstant } from '#server/time.ts';

import { RESET_TOPIC } from './bus.ts';
import type { Event } from './event.ts';

/** A stored event, with its number and its form on the wire, which is made once for all who get it. */
export interface StoredEvent extends Event {
  readonly seq: number;
  readonly json: string;
}

type EventColumns = Omit<Event, never> & { readonly seq: number; readonly received: Micros };

/** Rows read at a time, and kept in memory for those who follow closely. */
const PAGE = 250;
const KEPT = 2000;

const toStored = (row: EventColumns): StoredEvent => {
  const { seq, id, occurred, received, event, resource, related, payload, follows } = row;
  const json = JSON.stringify({
    occurred: formatInstant(occurred),
    event,
    resource,
    related,
    payload,
    id,
    follows,
    received: formatInstant(received),
  });
  return { seq, id, occurred, event, resource, related, payload, follows, json };
};

// The columns hold what `recordEvent` wrote: labels as text, related resources as a list of them.
const fromRows = (found: readonly unknown[]): readonly StoredEvent[] =>
  (found as readonly EventColumns[]).map(toStored);

/**
 * The newest events, read from the table once for all who follow them. A follower holds a number and asks for what
 * comes after it, whenever it is ready: one that is slow reads from the table later, and nothing grows meanwhile.
 */
export class EventFeed {
  readonly #ctx: Pick<Context, 'db' | 'bus'>;
  #kept: StoredEvent[] = [];
  /** Everything up to this number was read. */
  #readUpTo: number | null = null;
  #reading: Promise<void> | null = null;

  constructor(ctx: Pick<Context, 'db' | 'bus'>) {
    this.#ctx = ctx;
    ctx.bus.subscribe(RESET_TOPIC, () => {
      this.#kept = [];
    });
  }

  /** The number of the newest event: who starts there gets only what is new. */
  async latest(): Promise<number> {
    const { event } = await this.#ctx.db.settled();
    const last = await this.#ctx.db.read(() => one(readLastEventNumber(event)));
    return last?.seq ?? 0;
  }

  /** Events past a number, at most a page of them; none when there is nothing new yet. */
  async after(seq: number): Promise<readonly StoredEvent[]> {
    do {
      // A read that another follower began may end before the place where this one stands.
      // oxlint-disable-next-line no-await-in-loop -- one read after the other
      await this.#catchUp(seq);
    } while (this.#readUpTo !== null && this.#readUpTo < seq);
    const oldest = this.#kept[0]?.seq;
    if (oldest !== undefined && seq >= oldest - 1) {
      return this.#kept.filter((event) => event.seq > seq).slice(0, PAGE);
    }
    if (this.#readUpTo !== null && seq >= this.#readUpTo) return [];
    return this.#page(seq);
  }

  /** A page of what had been stored by a number and occurred since an instant. */
  async since(since: Micros, window: { readonly after: number; readonly upTo: number }) {
    const { after, upTo } = window;
    return fromRows(await this.#ctx.db.read(() => rows(readEventsSince(since, after, upTo, PAGE))));
  }

  /** Reads what is new; those who ask at once share one read. */
  #catchUp(seq: number): Promise<void> {
    this.#reading ??= this.#read(seq).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(seq: number): Promise<void> {
    if (this.#readUpTo === null || this.#readUpTo < seq) {
      // Nobody followed for a while. What lies between is read from the table by whoever still wants it.
      this.#kept = [];
      this.#readUpTo = seq;
    }
    const fresh = await this.#page(this.#readUpTo);
    this.#readUpTo = fresh.at(-1)?.seq ?? this.#readUpTo;
    if (fresh.length > 0) this.#kept = [...this.#kept, ...fresh].slice(-KEPT);
  }

  async #page(after: number): Promise<readonly StoredEvent[]> {
    const { event: upTo } = await this.#ctx.db.settled();
    return fromRows(await this.#ctx.db.read(() => rows(readEventsAfter(after, upTo, PAGE))));
  }
}

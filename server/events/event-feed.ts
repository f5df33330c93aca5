import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import {
  readEventsAfter,
  readEventsSince,
  readFirstEventNumber,
  readLastEventNumber,
} from '#server/db/sql/read-events.ts';
import { type Micros, formatInstant } from '#server/time.ts';

import { RESET_TOPIC } from './bus.ts';
import type { Event } from './event.ts';
import { Feed, type FeedItem, type FeedSource, PageSize } from './feed.ts';

/** A stored event, with its number and its form on the wire. */
export type StoredEvent = Event & FeedItem;

type EventColumns = Event & { readonly seq: number; readonly received: Micros };

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

type FeedContext = Pick<Context, 'db' | 'bus' | 'settings'>;

const eventSource = ({ db }: FeedContext): FeedSource<StoredEvent> => ({
  latest: async () => {
    const { event } = await db.settled();
    const last = await db.read(() => one(readLastEventNumber(event)));
    return last?.seq ?? 0;
  },
  readAfter: async (after, limit) => {
    const { event: upTo } = await db.settled();
    return fromRows(await db.read(() => rows(readEventsAfter(after, upTo, limit))));
  },
});

/** The newest events for all who follow them, and those of a time for who comes later. */
export class EventFeed extends Feed<StoredEvent> {
  readonly #ctx: FeedContext;
  readonly #pastSize: PageSize;

  constructor(ctx: FeedContext) {
    super(eventSource(ctx));
    this.#ctx = ctx;
    this.#pastSize = new PageSize(ctx.settings.events.websocketBackfillPageSize);
    ctx.bus.subscribe(RESET_TOPIC, () => this.forget());
  }

  /** The number before the first event that occurred since an instant; null when there is none up to a number. */
  async startOf(since: Micros, upTo: number): Promise<number | null> {
    const first = await this.#ctx.db.read(() => one(readFirstEventNumber(since, upTo)));
    return first === null || first.seq === null ? null : first.seq - 1;
  }

  /** A page of what had been stored by a number and occurred since an instant. */
  async since(
    since: Micros,
    window: { readonly after: number; readonly upTo: number },
  ): Promise<readonly StoredEvent[]> {
    const query = readEventsSince(since, window.after, window.upTo, this.#pastSize.rows);
    return this.#pastSize.learn(fromRows(await this.#ctx.db.read(() => rows(query))));
  }
}

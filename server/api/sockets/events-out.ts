import { setTimeout as delay } from 'node:timers/promises';

import type { WebSocket } from 'ws';

import type { Context } from '#server/context.ts';
import type { EventFeed, StoredEvent } from '#server/events/event-feed.ts';
import { type EventFilter, matchesEvent } from '#server/events/event-filter.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

import { eventFilter } from '../wire/filters/event-filter.ts';
import type { Endpoint } from './conversation.ts';
import { parseFrame } from './handshake.ts';

const PROTOCOL_ERROR = 1002;
/** What may lie unsent at a client before no more is read for it. */
const MAX_UNSENT_BYTES = 1_000_000;
const LOOK_MILLIS = 100;
/** A client that takes nothing for this many looks, half a minute, is let go. */
const MAX_STUCK_LOOKS = 300;
const TRY_AGAIN_LATER = 1013;

interface Request {
  readonly filter: EventFilter;
  readonly wantsBackfill: boolean;
}

const clamped = (filter: EventFilter, seconds: number): EventFilter => {
  const earliest = addSeconds(nowMicros(), -seconds);
  return filter.since < earliest ? { ...filter, since: earliest } : filter;
};

/** Reads the one frame that a client sends, or closes the connection as the real server does. */
const readRequest = (ctx: Context, socket: WebSocket, text: string): Request | null => {
  const frame = parseFrame(text);
  const drop = (): null => {
    socket.terminate();
    return null;
  };
  const refuse = (reason: string): null => {
    socket.close(PROTOCOL_ERROR, reason);
    return null;
  };
  if (frame === null) return drop();
  if (frame['type'] !== 'filter') return refuse("Expected 'filter' message");
  if (frame['filter'] === undefined) return refuse("Invalid filter: 'filter'");
  const parsed = eventFilter.safeParse(frame['filter']);
  if (!parsed.success) return drop();
  return {
    filter: clamped(parsed.data, ctx.settings.events.maximumWebsocketBackfillSeconds),
    wantsBackfill: frame['backfill'] !== false,
  };
};

/** Sends what follows a cursor, page after page, no faster than the client takes it. */
class Follower {
  readonly #feed: EventFeed;
  readonly #socket: WebSocket;
  readonly #filter: EventFilter;
  #cursor = 0;
  #isPumping = false;
  #isWoken = false;
  #stuckLooks = 0;

  constructor(feed: EventFeed, socket: WebSocket, filter: EventFilter) {
    this.#feed = feed;
    this.#socket = socket;
    this.#filter = filter;
  }

  /** Fixes where the live part begins, then sends what of the past is wanted. */
  async start(wantsBackfill: boolean): Promise<void> {
    // News that come meanwhile wait until it is known where they begin.
    this.#isPumping = true;
    const upTo = await this.#feed.latest();
    this.#cursor = upTo;
    if (wantsBackfill) await this.#sendPast(this.#filter.since, upTo);
    this.#isPumping = false;
    await this.wake();
  }

  /** Looks for news, unless it is doing so; then it looks once more afterwards. */
  async wake(): Promise<void> {
    this.#isWoken = true;
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#isWoken && this.#isOpen()) {
      // oxlint-disable-next-line no-await-in-loop -- page after page, no faster than the client takes them
      await (this.#isBehind() ? delay(LOOK_MILLIS) : this.#sendNews());
    }
    this.#isPumping = false;
  }

  async #sendNews(): Promise<void> {
    this.#isWoken = false;
    const page = await this.#feed.after(this.#cursor);
    this.#send(page);
    this.#cursor = page.at(-1)?.seq ?? this.#cursor;
    if (page.length > 0) this.#isWoken = true;
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Whether the client has yet to take what it was sent; one that never does is let go. */
  #isBehind(): boolean {
    if (this.#socket.bufferedAmount <= MAX_UNSENT_BYTES) {
      this.#stuckLooks = 0;
      return false;
    }
    this.#stuckLooks += 1;
    if (this.#stuckLooks > MAX_STUCK_LOOKS)
      this.#socket.close(TRY_AGAIN_LATER, 'Too slow a reader.');
    return true;
  }

  async #sendPast(since: Micros, upTo: number): Promise<void> {
    let after = 0;
    while (this.#isOpen()) {
      if (this.#isBehind()) {
        // oxlint-disable-next-line no-await-in-loop -- no faster than the client takes them
        await delay(LOOK_MILLIS);
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- page after page, in order
      const page = await this.#feed.since(since, { after, upTo });
      if (page.length === 0) return;
      this.#send(page);
      after = page.at(-1)?.seq ?? upTo;
    }
  }

  #send(page: readonly StoredEvent[]): void {
    for (const event of page) {
      if (matchesEvent(this.#filter, event))
        this.#socket.send(`{"type":"event","event":${event.json}}`);
    }
  }
}

/** Sends the events that a client's filter wants: those of the last minutes first, then each as it is stored. */
export const eventsOut =
  (feed: EventFeed): Endpoint =>
  (ctx, socket) => {
    let isAsked = false;
    const follow = (request: Request): void => {
      const follower = new Follower(feed, socket, request.filter);
      const report = (error: unknown): void => {
        ctx.log.error({ err: error }, 'Events could not be sent.');
        socket.terminate();
      };
      const unsubscribe = ctx.bus.subscribe('event', () => void follower.wake().catch(report));
      socket.on('close', unsubscribe);
      follower.start(request.wantsBackfill).catch(report);
    };
    return {
      receive: (text) => {
        // What comes after the filter is ignored, as the real server does.
        if (isAsked) return;
        isAsked = true;
        const request = readRequest(ctx, socket, text);
        if (request !== null) follow(request);
      },
      settled: () => Promise.resolve(),
    };
  };

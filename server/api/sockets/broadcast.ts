import { setTimeout as delay } from 'node:timers/promises';

import type { Context } from '#server/context.ts';
import { RESET_TOPIC } from '#server/events/bus.ts';
import type { Feed, FeedItem } from '#server/events/feed.ts';

import type { Follower } from './follower.ts';
import { textFrame } from './outlet.ts';

/** What a client wants. Clients whose `key` is the same differ at most in the times that they want. */
export interface Wanted<Item> {
  readonly key: string;
  readonly matches: (item: Item) => boolean;
  readonly isWithin: (item: Item) => boolean;
}

/** A page for the followers who want the same of it. */
export interface Delivery<Item> {
  readonly chosen: readonly Item[];
  readonly frames: Buffer;
  /** The last number of the page. */
  readonly upTo: number;
}

interface Group<Item extends FeedItem> {
  readonly matches: (item: Item) => boolean;
  readonly followers: Set<Follower<Item>>;
}

/** After a delivery twice as long is left for other work; meanwhile more gathers for the next write. */
const REST_FACTOR = 2;
const MAX_REST_MILLIS = 100;
const NOTHING = Buffer.alloc(0);

export interface BroadcastOptions<Item extends FeedItem> {
  readonly feed: Feed<Item>;
  /** The topic of the bus, and the name of the frames. */
  readonly topic: 'event' | 'log';
}

/** Sends what is new to all who have caught up: read once, chosen once for equal filters, made into frames once. */
export class Broadcast<Item extends FeedItem> {
  readonly feed: Feed<Item>;
  readonly #ctx: Context;
  readonly #topic: string;
  readonly #groups = new Map<string, Group<Item>>();
  readonly #frames = new WeakMap<Item, Buffer>();
  #cursor = 0;
  #isPumping = false;
  #isWoken = false;

  constructor(ctx: Context, { feed, topic }: BroadcastOptions<Item>) {
    this.#ctx = ctx;
    this.feed = feed;
    this.#topic = topic;
    ctx.bus.subscribe(topic, () => this.#wake());
    ctx.bus.subscribe(RESET_TOPIC, () => {
      this.#cursor = 0;
      for (const { followers } of this.#groups.values()) {
        for (const follower of followers) follower.cursor = 0;
      }
    });
  }

  /** How far those who have caught up have been served. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Takes in a follower that has read everything; false when there is more for it to read first. */
  join(follower: Follower<Item>): boolean {
    if (this.#groups.size === 0) this.#cursor = follower.cursor;
    if (follower.cursor < this.#cursor) return false;
    const { key, matches } = follower.wanted;
    const group = this.#groups.get(key) ?? { matches, followers: new Set() };
    group.followers.add(follower);
    this.#groups.set(key, group);
    this.#wake();
    return true;
  }

  leave(follower: Follower<Item>): void {
    const { key } = follower.wanted;
    const group = this.#groups.get(key);
    group?.followers.delete(follower);
    if (group?.followers.size === 0) this.#groups.delete(key);
  }

  /** The frames of some items, one after the other. */
  framesOf(items: readonly Item[]): Buffer {
    const [only] = items;
    if (only === undefined) return NOTHING;
    return items.length === 1
      ? this.#frameOf(only)
      : Buffer.concat(items.map((item) => this.#frameOf(item)));
  }

  #frameOf(item: Item): Buffer {
    const known = this.#frames.get(item);
    if (known !== undefined) return known;
    const frame = textFrame(`{"type":"${this.#topic}","${this.#topic}":${item.json}}`);
    this.#frames.set(item, frame);
    return frame;
  }

  #wake(): void {
    this.#isWoken = true;
    if (this.#isPumping || this.#groups.size === 0) return;
    this.#isPumping = true;
    this.#pump()
      .catch((error: unknown) => {
        // The next signal, at the latest that of the relay, makes up for it.
        this.#ctx.log.error({ err: error }, `What is new (${this.#topic}) could not be sent.`);
      })
      .finally(() => {
        this.#isPumping = false;
      });
  }

  async #pump(): Promise<void> {
    while (this.#isWoken && this.#groups.size > 0) {
      this.#isWoken = false;
      const from = this.#cursor;
      // oxlint-disable-next-line no-await-in-loop -- page after page, in order
      const page = await this.feed.after(from);
      const upTo = page.at(-1)?.seq;
      // The last follower may have gone and another come, who stands elsewhere.
      if (from !== this.#cursor) this.#isWoken = true;
      else if (upTo !== undefined) {
        this.#isWoken = true;
        const began = performance.now();
        this.#cursor = upTo;
        this.#deliver(page, upTo);
        const rest = Math.min(MAX_REST_MILLIS, (performance.now() - began) * REST_FACTOR);
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (rest >= 1) await delay(rest);
      }
    }
  }

  #deliver(page: readonly Item[], upTo: number): void {
    for (const { matches, followers } of this.#groups.values()) {
      const chosen = page.filter(matches);
      const frames = this.framesOf(chosen);
      for (const follower of followers) follower.take({ chosen, frames, upTo });
    }
  }
}
